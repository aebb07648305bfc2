import type { VNode } from 'preact'
import { mostThreads } from '../../state/usable-threads.ts'
import { usePage } from '../page-context.ts'
import { Select } from './field.tsx'

/** On how many threads the networks run; where there can be one only, why. */
export function ThreadsSetting(): VNode {
  const { app } = usePage()
  const most = mostThreads()
  if (most === 1) {
    return (
      <p class="muted" data-testid="threads-unavailable">
        Networks run on one thread: {whyOne()}.
      </p>
    )
  }
  const running = app.threads.value
  const wanted = Math.min(most, app.settings.values.value.threads)
  return (
    <div class="threads">
      <Select
        label="Threads for the networks"
        testId="threads"
        value={String(wanted)}
        choices={Array.from({ length: most }, (_, index): [string, string] => [
          String(index + 1),
          String(index + 1),
        ])}
        onChange={(value) => app.changeSettings({ threads: Number(value) })}
      />
      <p class="muted" data-testid="threads-running" data-threads={running}>
        Now {running}. More can help where images are played as fast as they go. Between a camera’s frames
        threads fall asleep, and waking them takes longer than such small networks.
      </p>
    </div>
  )
}

function whyOne(): string {
  if (crossOriginIsolated) return 'this device has one core'
  if (!isSecureContext) return 'browsers give more to pages that come over https:// only'
  return 'the edge sends no isolation headers here, and without them browsers share no memory among threads'
}
