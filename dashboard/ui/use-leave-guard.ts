import { App } from 'antd'
import { useEffect } from 'react'
import { useTexts } from '../i18n/i18n.ts'
import { guardLeaving } from '../router.ts'

/** Asks once before what is typed gets lost. @param of whose words ask */
export function useLeaveGuard(active: boolean, of: 'detection' | 'protocols'): void {
  const { t } = useTexts()
  const { modal } = App.useApp()
  useEffect(() => {
    if (!active) return
    return guardLeaving(
      () =>
        new Promise((resolve) => {
          modal.confirm({
            title: t(`${of}.save.leaveTitle`),
            content: t(`${of}.save.leaveText`),
            okText: t(`${of}.save.leave`),
            cancelText: t(`${of}.save.stay`),
            okButtonProps: { danger: true },
            autoFocusButton: 'cancel',
            onOk: () => resolve(true),
            onCancel: () => resolve(false),
          })
        }),
    )
  }, [active, modal, of, t])
}
