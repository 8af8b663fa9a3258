import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import type { Session } from '../../server/contract/api.ts'
import { ApiError, request } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { errorText } from '../console/words.ts'
import { setLanguage, useTexts } from '../i18n/i18n.ts'
import { unlockSound } from '../ui/sound.ts'
import { useStore } from '../ui/store.ts'
import { setTheme, themes } from '../ui/theme.ts'
import './signin.css'

interface Credentials {
  username: string
  password: string
}

/** Sign-in. Its button is also the gesture that lets the desk ring. */
export function SignInPage() {
  const { t, language } = useTexts()
  const client = useQueryClient()
  const theme = useStore(themes.console)
  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => request<Session>('POST', '/session', credentials),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  })
  return (
    <div className="signin">
      <section className="signin-brand">
        <Mark />
        <h1>{t('brand')}</h1>
        <p className="signin-tagline">{t('app.tagline')}</p>
        <dl>
          {(['point1', 'point2', 'point3'] as const).map((point) => (
            <div key={point}>
              <dt>{t(`signin.${point}`)}</dt>
              <dd>{t(`signin.${point}Text`)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <main className="signin-main">
        <div className="signin-choices">
          <Button
            type="text"
            onClick={() => void setLanguage(language === 'en' ? 'zh-CN' : 'en')}
            data-testid="language"
          >
            {t('common.otherLanguage')}
          </Button>
          <Button type="text" onClick={() => setTheme('console', theme === 'dark' ? 'light' : 'dark')}>
            {theme === 'dark' ? t('common.light') : t('common.dark')}
          </Button>
        </div>
        <Form<Credentials>
          className="signin-form"
          layout="vertical"
          size="large"
          requiredMark={false}
          onFinish={(credentials) => {
            void unlockSound()
            signIn.mutate(credentials)
          }}
        >
          <h2>{t('signin.title')}</h2>
          <p className="signin-subtitle">{t('signin.subtitle')}</p>
          <Form.Item
            name="username"
            label={t('signin.username')}
            rules={[{ required: true, message: t('signin.needUsername') }]}
          >
            <Input autoFocus autoComplete="username" maxLength={64} data-testid="signin-username" />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('signin.password')}
            rules={[{ required: true, message: t('signin.needPassword') }]}
          >
            <Input.Password autoComplete="current-password" maxLength={256} data-testid="signin-password" />
          </Form.Item>
          {signIn.error ? (
            <Alert
              type="error"
              showIcon
              className="signin-error"
              title={signInError(signIn.error, t)}
              data-testid="signin-error"
            />
          ) : null}
          <Button type="primary" htmlType="submit" block loading={signIn.isPending} data-testid="signin-submit">
            {t('signin.submit')}
          </Button>
          <p className="signin-note">{t('signin.soundNote')}</p>
        </Form>
      </main>
    </div>
  )
}

function signInError(error: Error, t: ReturnType<typeof useTexts>['t']): string {
  if (error instanceof ApiError && error.status === 401) return t('signin.wrong')
  if (error instanceof ApiError && error.status === 429) return t('signin.tooMany')
  return errorText(error, t)
}

function Mark() {
  return (
    <svg viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
      <rect width="64" height="64" rx="16" fill="#1668dc" />
      <path d="M12 31 32 14l20 17v19a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3Z" fill="#fff" />
      <path
        d="M19 38h6l3.6-8 6 15 3.8-7H45"
        fill="none"
        stroke="#d9363e"
        strokeWidth="3.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
