// The query explorer: GraphiQL, asking this server's own /graphql and nobody else. Loaded on its own page only.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { GraphiQL } from 'graphiql'

/** Asks as the query form does: the session's cookie goes along, as to any page of ours. */
async function fetcher (asked, { headers } = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(asked)
  })
  return response.json()
}

const at = document.getElementById('explorer')
if (at) {
  const query = at.dataset.query || undefined
  at.replaceChildren()
  createRoot(at).render(createElement(GraphiQL, { fetcher, defaultQuery: query, shouldPersistHeaders: false, disableTabs: false }))
}
