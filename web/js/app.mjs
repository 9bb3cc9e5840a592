// What pages gain where scripts run. Nothing here is needed: every page works without it.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, Header, NotificationBanner, Radios, SkipLink, createAll
} from 'nhsuk-frontend'
import { facets } from './facets.mjs'
import { copyLinks } from './copy.mjs'
import { filterRows } from './rows.mjs'
import { fading } from './map.mjs'

for (const component of [Header, SkipLink, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios]) {
  createAll(component)
}
facets(document)
copyLinks(document)
filterRows(document)
fading(document)
