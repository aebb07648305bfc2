import type { ComponentChildren, VNode } from 'preact'
import { Icon } from '../components/icon.tsx'
import { exportSession } from '../session/export-session.ts'
import { formatBytes, formatCount, formatMs, formatShare } from './format.ts'
import { usePage } from './page-context.ts'

/** What the session adds up to, and the way to take it along. */
export function SessionPanel(): VNode {
  const { app } = usePage()
  const { totals } = app.session.view.value
  const shareOf = (part: number, whole: number): string => (whole === 0 ? '–' : formatShare(part / whole))
  const time = (ms: number | undefined): string => (ms === undefined ? '–' : formatMs(ms))
  return (
    <section class="panel" aria-label="Session">
      <dl class="counters">
        <Counter name="frames" label="Frames">
          {formatCount(totals.frames)}
        </Counter>
        <Counter name="hit-rate" label="Hit rate">
          {shareOf(totals.hits, totals.frames)}
        </Counter>
        <Counter name="accuracy" label="Right">
          {shareOf(totals.correct, totals.labelled)}
        </Counter>
        <Counter name="switches" label="Switches">
          {formatCount(totals.switches)}
        </Counter>
        <Counter name="latency-hit" label="Hit latency">
          {time(totals.medianHitMs)}
        </Counter>
        <Counter name="latency-miss" label="Miss latency">
          {time(totals.medianMissMs)}
        </Counter>
        <Counter name="bytes-up" label="Sent">
          {formatBytes(totals.bytesUp)}
        </Counter>
        <Counter name="bytes-down" label="Received">
          {formatBytes(totals.bytesDown)}
        </Counter>
      </dl>
      <div class="export">
        <button type="button" class="quiet" data-testid="export-json" disabled={totals.frames === 0} onClick={() => exportSession(app, 'json')}>
          <Icon name="save" />
          JSON
        </button>
        <button type="button" class="quiet" data-testid="export-csv" disabled={totals.frames === 0} onClick={() => exportSession(app, 'csv')}>
          <Icon name="save" />
          CSV
        </button>
      </div>
    </section>
  )
}

interface CounterProps {
  readonly name: string
  readonly label: string
  readonly children: ComponentChildren
}

function Counter({ name, label, children }: CounterProps): VNode {
  return (
    <div class="counter" data-testid={`counter-${name}`}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
