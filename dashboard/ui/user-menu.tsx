import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Dropdown, type MenuProps } from 'antd'
import type { Session } from '../../server/contract/api.ts'
import { request } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { errorText } from '../console/words.ts'
import { setLanguage, useTexts } from '../i18n/i18n.ts'
import { navigate } from '../router.ts'
import { setMuted, setTone, soundState, testSound } from './sound.ts'
import { useStore } from './store.ts'
import { type Area, setTheme, themes } from './theme.ts'

interface Props {
  session: Session
  area: Area
  onPassword(): void
  onKeys?(): void
}

/** Own status and everything that concerns the desk rather than a case. */
export function UserMenu({ session, area, onPassword, onKeys }: Props) {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const theme = useStore(themes[area])
  const { muted } = useStore(soundState)

  const { notification } = App.useApp()
  const signOut = useMutation({
    mutationFn: () => request('DELETE', '/session'),
    onSuccess: () => {
      setTone('none')
      client.clear()
      client.setQueryData(sessionQuery.queryKey, null)
      navigate('/')
    },
    // Not pretended: the session still exists on the server.
    onError: (error) => notification.warning({ title: t('refused.title'), description: errorText(error, t) }),
  })
  const items: MenuProps['items'] = [
    { key: 'who', type: 'group', label: `${session.displayName} · ${t(`role.${session.role}`)}` },
    { key: '/', label: t('menu.console') },
    { key: '/centre', label: t('centre.menu') },
    { key: '/watch', label: t('watch.menu') },
    ...(session.role === 'admin' ? [{ key: '/admin', label: t('menu.admin') }] : []),
    ...(session.demo ? [{ key: '/simulator', label: t('menu.simulator') }] : []),
    { type: 'divider' },
    ...(area === 'console'
      ? [
          { key: 'mute', label: muted ? t('menu.unmute') : t('menu.mute') },
          { key: 'sound', label: t('menu.testSound') },
          { key: 'keys', label: t('menu.keys'), extra: '?' },
        ]
      : []),
    { key: 'theme', label: theme === 'dark' ? t('common.toLight') : t('common.toDark') },
    { key: 'language', label: t('common.otherLanguage') },
    { type: 'divider' },
    { key: 'password', label: t('password.title') },
    { key: 'out', label: t('common.signOut'), danger: true },
  ]
  const choose = (key: string): unknown => {
    if (key.startsWith('/')) return navigate(key)
    if (key === 'mute') return setMuted(!muted)
    if (key === 'sound') return void testSound()
    if (key === 'keys') return onKeys?.()
    if (key === 'theme') return setTheme(area, theme === 'dark' ? 'light' : 'dark')
    if (key === 'language') return void setLanguage(language === 'en' ? 'zh-CN' : 'en')
    if (key === 'password') return onPassword()
    if (key === 'out') return signOut.mutate()
    return undefined
  }
  return (
    <Dropdown menu={{ items, onClick: ({ key }) => choose(key) }} trigger={['click']} placement="bottomRight">
      <button type="button" className="pill pill-user" data-testid="user-menu">
        <span className="visually-hidden">{t('menu.open')}: </span>
        {session.displayName} · {t(`role.${session.role}`)}
        <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
          <path d="M2 4.5 6 8.5l4-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
        </svg>
      </button>
    </Dropdown>
  )
}
