// "Copy link" buttons, which are of no use without a script and so are hidden until there is one.

/** @param {Document} document */
export function copyLinks (document) {
  for (const button of document.querySelectorAll('[data-copy]')) {
    if (!(button instanceof HTMLButtonElement) || !navigator.clipboard) continue
    button.hidden = false
    const said = button.textContent
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(new URL(button.dataset.copy || '', window.location.href).href)
      button.textContent = 'Link copied'
      window.setTimeout(() => { button.textContent = said }, 3000)
    })
  }
  for (const button of document.querySelectorAll('[data-print]')) {
    if (!(button instanceof HTMLButtonElement)) continue
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
}
