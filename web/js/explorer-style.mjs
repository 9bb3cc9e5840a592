// Stands in for react-style-singleton, which the explorer's dialogs use to hold the page still behind them: it writes a style
// element, which the Content-Security-Policy forbids. A style sheet made by script does the same and is allowed.
import { useEffect } from 'react'

export const styleSingleton = () => function Sheet ({ styles }) {
  useEffect(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    return () => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((held) => held !== sheet) }
  }, [styles])
  return null
}
