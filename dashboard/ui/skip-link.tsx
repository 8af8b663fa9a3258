import { useTexts } from '../i18n/i18n.ts'

/** Where a page's own content begins, for `SkipLink`; can be focused, and is not a stop of its own. */
export const MAIN = { id: 'main', tabIndex: -1 } as const

/** The first stop of a page: whoever goes by Tab need not pass the top bar each time (WCAG 2.4.1). Seen while it has the focus. */
export function SkipLink() {
  const { t } = useTexts()
  return (
    <a
      className="skip-link"
      href={`#${MAIN.id}`}
      onClick={(event) => {
        // The address stays as it is: it can be copied and loaded anew.
        event.preventDefault()
        document.getElementById(MAIN.id)?.focus()
      }}
    >
      {t('common.skip')}
    </a>
  )
}
