// The query explorer: GraphiQL, asking this server's own /graphql and nobody else. Loaded on its own page only.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { GraphiQL } from 'graphiql'

/** Asks as any page of ours does: the session's cookie goes along, and no other site can ask in its name. */
async function fetcher (asked, { headers } = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(asked)
  })
  return response.json()
}

// Nothing is left in the browser: what is typed is forgotten with the page, as the page on cookies says.
const forgetful = { getItem: () => null, setItem () {}, removeItem () {}, clear () {}, length: 0 }

const place = document.getElementById('explorer')
if (place) {
  const { query, variables } = place.dataset
  place.replaceChildren()
  createRoot(place).render(createElement(GraphiQL, {
    fetcher, storage: forgetful, query: query || undefined, variables: variables || undefined, forcedTheme: 'light', isHeadersEditorEnabled: false
  }))
}
