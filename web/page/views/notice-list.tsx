import type { VNode } from 'preact'
import { Icon } from '../components/icon.tsx'
import type { Notice } from '../state/notices.ts'
import { ErrorCode } from '../components/error-code.tsx'
import { usePage } from './page-context.ts'

export function NoticeList(): VNode {
  const { app } = usePage()
  return (
    <div class="notices" role="status" aria-live="polite">
      {app.notices.list.value.map((notice) => (
        <NoticeCard key={notice.about} notice={notice} onDismiss={() => app.notices.dismiss(notice.about)} />
      ))}
    </div>
  )
}

function NoticeCard({
  notice,
  onDismiss,
}: {
  readonly notice: Notice
  readonly onDismiss: () => void
}): VNode {
  const { about, kind, message, code, action } = notice
  return (
    <div class="notice" data-kind={kind} data-testid="notice" data-about={about} data-code={code}>
      <div class="notice-text">
        <p>{message}</p>
        {code !== undefined && <ErrorCode code={code} />}
      </div>
      {action !== undefined && (
        <button type="button" onClick={() => action.run()}>
          {action.label}
        </button>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="close" />
      </button>
    </div>
  )
}
