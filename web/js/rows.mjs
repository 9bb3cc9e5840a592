// A box that hides the rows of a table, or of a list, which do not hold its words.

/** @param {Document} document */
export function filterRows (document) {
  for (const box of document.querySelectorAll('[data-filter]')) {
    const input = box.querySelector('input')
    const table = document.getElementById(box.getAttribute('data-filter') || '')
    const told = box.querySelector('[role=status]')
    if (!input || !table) continue
    box.removeAttribute('hidden')
    const rows = [...table.querySelectorAll('tbody tr, [data-row]')].map((row) => ({ row, text: words(row) }))
    input.addEventListener('input', () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean)
      let shown = 0
      for (const { row, text } of rows) {
        const hit = wanted.every((word) => text.includes(word))
        row.toggleAttribute('hidden', !hit)
        if (hit) shown++
      }
      if (told) told.textContent = wanted.length > 0 ? `${shown} of ${rows.length} shown` : ''
    })
  }
}

/** What a row says, without the heads of columns that its cells carry for phones. @param {Element} row */
function words (row) {
  const bare = /** @type {Element} */ (row.cloneNode(true))
  for (const head of bare.querySelectorAll('.nhsuk-table__heading')) head.remove()
  return (bare.textContent || '').toLowerCase()
}
