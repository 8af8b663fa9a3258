import { isDeviceId, isPhone, isSecret, type Settings } from '../settings.ts'
import type { ServiceWords } from '../words/words.ts'
import { el, setText } from './dom.ts'

export type LoginChange = Pick<Settings, 'deviceId' | 'secret' | 'name' | 'phone'>

/**
 * Id, key, name and telephone. An empty key leaves the present one as it is; the present one is never shown.
 * @param onSave called with values that are right
 */
export function loginForm(settings: Settings, words: ServiceWords, onSave: (change: LoginChange) => void): HTMLElement {
  const hasSecret = settings.secret !== ''
  const deviceId = field('device-id', words.deviceId, settings.deviceId, { autocapitalize: 'none' })
  const secretHint = hasSecret ? words.secretKept : ''
  const secret = field('secret', words.secret, '', { placeholder: secretHint, autocapitalize: 'none' })
  const name = field('name', words.name, settings.name, { placeholder: words.nameHint, maxlength: '20' })
  const phone = field('phone', words.phone, settings.phone, { placeholder: words.phoneHint, inputmode: 'tel' })
  const problem = el('p', { class: 'problem', role: 'alert' })
  const save = el('button', { type: 'submit', class: 'action primary', 'data-testid': 'save' }, words.save)
  const fields = [deviceId, secret, name, phone].map(({ row }) => row)
  const form = el('form', { class: 'form', novalidate: true, autocomplete: 'off' }, ...fields, problem, save)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const change: LoginChange = {
      deviceId: deviceId.input.value.trim(),
      secret: secret.input.value.trim(),
      name: name.input.value.trim(),
      phone: phone.input.value.trim(),
    }
    if (change.secret === '' && change.deviceId === settings.deviceId) change.secret = settings.secret
    const wrong = problemOf(change, words)
    setText(problem, wrong ?? '')
    if (wrong === null) onSave(change)
  })
  return form
}

function problemOf({ deviceId, secret, phone }: LoginChange, words: ServiceWords): string | null {
  if (!isDeviceId(deviceId)) return words.badDeviceId
  if (!isSecret(secret)) return words.badSecret
  return isPhone(phone) ? null : words.badPhone
}

function field(id: string, label: string, value: string, attributes: Record<string, string>) {
  const input = el('input', {
    id,
    type: 'text',
    autocomplete: 'off',
    autocorrect: 'off',
    spellcheck: 'false',
    'data-testid': id,
    ...attributes,
  })
  input.value = value
  return { input, row: el('p', { class: 'field' }, el('label', { for: id }, label), input) }
}
