// A box that hides the rows of a table which do not hold its words.

/** @param {Document} document */
export function filterRows (document) {
  for (const box of document.querySelectorAll('[data-filter]')) {
    const input = box.querySelector('input')
    const table = document.getElementById(box.getAttribute('data-filter') || '')
    const told = box.querySelector('[role=status]')
    if (!input || !table) continue
    box.removeAttribute('hidden')
    const rows = [...table.querySelectorAll('tbody tr')].map((row) => ({ row, text: (row.textContent || '').toLowerCase() }))
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
      let shown = 0
      for (const { row, text } of rows) {
        const hit = words.every((word) => text.includes(word))
        row.toggleAttribute('hidden', !hit)
        if (hit) shown++
      }
      if (told) told.textContent = words.length > 0 ? `${shown} of ${rows.length} shown` : ''
    })
  }
}
