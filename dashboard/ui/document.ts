/** For screen readers and for the choice of Chinese glyphs. */
export function setDocumentLanguage(language: string): void {
  document.documentElement.lang = language
}

/** Sets the colours of theme.css. */
export function setDocumentTheme(theme: 'dark' | 'light'): void {
  document.documentElement.dataset.theme = theme
}
