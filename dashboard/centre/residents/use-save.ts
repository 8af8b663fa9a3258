import { useMutation } from '@tanstack/react-query'
import { App } from 'antd'
import { hasCode } from '../../api/client.ts'
import { refreshFile } from '../../api/file-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

/** Carries out a change of a file, then fetches it anew; says when it was refused and why. */
export function useSave(residentId: string) {
  const { t } = useTexts()
  const { message, notification } = App.useApp()
  const { mutate, isPending } = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: () => void message.success(t('residents.saved')),
    onError: (error) =>
      notification.warning({
        title: t('residents.refused'),
        description: hasCode(error, 'stale_version') ? t('residents.stale') : errorText(error, t),
        duration: 10,
      }),
    onSettled: () => refreshFile(residentId),
  })
  return { save: mutate, busy: isPending }
}
