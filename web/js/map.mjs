// On the linkage map, what is not joined to the box or link under the pointer or the focus fades. Escape brings it back.

/** @param {Document} document */
export function fading (document) {
  for (const map of document.querySelectorAll('[data-map]')) {
    const parts = [...map.querySelectorAll('[data-ends]')]
    const show = (of) => {
      const ends = of ? (of.getAttribute('data-ends') || '').split(' ') : []
      const kept = new Set(ends)
      if (ends.length === 1) {
        for (const part of parts) {
          const its = (part.getAttribute('data-ends') || '').split(' ')
          if (its.length > 1 && its.includes(ends[0])) its.forEach((end) => kept.add(end))
        }
      }
      for (const part of parts) {
        const its = (part.getAttribute('data-ends') || '').split(' ')
        const near = ends.length === 1 && its.length > 1 ? its.includes(ends[0]) : its.every((end) => kept.has(end))
        part.classList.toggle('app-map__faded', Boolean(of) && !near)
      }
    }
    for (const part of parts) {
      part.addEventListener('mouseenter', () => show(part))
      part.addEventListener('mouseleave', () => show(null))
      part.addEventListener('focusin', () => show(part))
      part.addEventListener('focusout', () => show(null))
    }
    map.addEventListener('keydown', (event) => { if (event.key === 'Escape') show(null) })
  }
}
