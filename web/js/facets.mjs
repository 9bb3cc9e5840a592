// A filter takes effect when it is ticked: the results are fetched and put in place, the address follows, focus stays.

/** @param {Document} document */
export function facets (document) {
  const form = document.querySelector('form[data-facets]')
  if (!(form instanceof HTMLFormElement)) return
  const button = form.querySelector('[data-facets-apply]')
  if (button instanceof HTMLElement) button.hidden = true
  const opener = form.querySelector('[data-facets-show]')
  if (opener instanceof HTMLButtonElement) {
    opener.hidden = false
    opener.addEventListener('click', () => {
      const open = opener.parentElement?.classList.toggle('app-facets-column--open') ?? false
      opener.setAttribute('aria-expanded', String(open))
      opener.textContent = open ? 'Hide filters' : 'Show filters'
    })
  }
  let latest = 0

  form.addEventListener('change', () => {
    const url = new URL(form.action)
    url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== '').map(([name, value]) => [name, String(value)])).toString()
    show(url, true)
  })
  window.addEventListener('popstate', () => show(new URL(window.location.href), false))

  async function show (url, remember) {
    const asked = ++latest
    const focused = document.activeElement?.id
    try {
      const response = await fetch(url, { headers: { accept: 'text/html' } })
      if (!response.ok) throw new Error(String(response.status))
      const fetched = new DOMParser().parseFromString(await response.text(), 'text/html')
      if (asked !== latest) return
      for (const part of ['results', 'facets']) {
        const [mine, theirs] = [document, fetched].map((page) => page.querySelector(`[data-part="${part}"]`))
        if (!mine || !theirs) throw new Error(part)
        mine.innerHTML = theirs.innerHTML
      }
      const apply = form.querySelector('[data-facets-apply]')
      if (apply instanceof HTMLElement) apply.hidden = true
      document.title = fetched.title
      if (remember) window.history.pushState({}, '', url)
      if (focused) document.getElementById(focused)?.focus()
      const told = document.querySelector('[data-told]')
      const count = document.querySelector('[data-count]')
      if (told && count) told.textContent = count.textContent
    } catch {
      window.location.assign(url)
    }
  }
}
