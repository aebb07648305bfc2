import type { VNode } from 'preact'
import '../../styles/insight.css'
import { Icon } from '../../components/icon.tsx'
import { exportStreamLog } from '../../stream-log/export-stream-log.ts'
import { binColumns, entropyColumns, streamBins } from '../../stream-log/series.ts'
import { entropyCeiling } from '../../stream-log/strip-geometry.ts'
import { resolvedTheme } from '../../platform/theme.ts'
import { ChartCard } from './chart-card.tsx'
import { formatCount, formatDoubt, formatNats, formatShare } from '../format.ts'
import { GateFacts } from './gate-facts.tsx'
import { HeatMap } from './heat-map.tsx'
import { usePage } from '../page-context.ts'
import { Plot } from './plot.tsx'
import { StreamFacts } from './stream-facts.tsx'

/** Frames in the chart of entropy, bins in that of the stream, and rows of a table. */
const shownFrames = 240
const shownBins = 60
const tableRows = 40

const outcomeWords = { hit: 'here', miss: 'full model', uncertain: 'uncertain' } as const

/**
 * What happened, and why: counts, latency, doubt against what is let pass, misses and switches, classes and
 * partitions.
 */
export function InsightScreen(): VNode {
  const { app } = usePage()
  const { frames } = app.streamView.tally.value.totals
  return (
    <section class="screen" aria-label="Insight">
      <div class="panel">
        <div class="panel-head">
          <h2>This session</h2>
          <p class="muted" data-testid="insight-frames">
            {formatCount(frames)} frames
          </p>
        </div>
        <StreamFacts />
        <div class="export">
          <span class="muted">Export the log, without pictures</span>
          <button
            type="button"
            class="quiet"
            data-testid="export-json"
            disabled={frames === 0}
            onClick={() => void exportStreamLog(app, 'json')}
          >
            <Icon name="save" />
            JSON
          </button>
          <button
            type="button"
            class="quiet"
            data-testid="export-csv"
            disabled={frames === 0}
            onClick={() => void exportStreamLog(app, 'csv')}
          >
            <Icon name="save" />
            CSV
          </button>
        </div>
      </div>
      <GateFacts />
      <EntropyChart />
      <StreamChart />
      <HeatMap />
    </section>
  )
}

function EntropyChart(): VNode {
  const { app } = usePage()
  const classes = app.bundle.opened.value?.manifest.classNames.length ?? 2
  // Read, so that the table follows; the chart follows by itself.
  const recent = app.streamView.tally.value.revision < 0 ? [] : app.streamView.log.tail(tableRows)
  return (
    <ChartCard
      title="Doubt about the last frames"
      keys={[
        { label: 'here', colour: 'hit' },
        { label: 'full model', colour: 'miss' },
        { label: 'uncertain', colour: 'uncertain' },
        { label: 'let pass', colour: 'ink', isDashed: true },
      ]}
      table={{
        head: ['frame', 'answer', 'by', 'doubt', 'let pass', 'entropy, nats', 'threshold, nats'],
        rows: recent
          .reverse()
          .map(({ index, label, outcome, entropyNats, thresholdNats }) => [
            formatCount(index),
            label,
            outcomeWords[outcome],
            formatDoubt(entropyNats, classes),
            formatDoubt(thresholdNats, classes),
            formatNats(entropyNats),
            formatNats(thresholdNats),
          ]),
      }}
    >
      <Plot
        label="Doubt about the last frames, with how much is let pass drawn in it"
        theme={resolvedTheme.value}
        most={entropyCeiling(classes)}
        formatValue={(nats) => formatDoubt(nats, classes)}
        across="frame"
        columns={() =>
          entropyColumns(app.streamView.tally.value.revision < 0 ? [] : app.streamView.log.tail(shownFrames))
        }
        series={[
          { label: 'here', colour: '--hit', look: 'bars' },
          { label: 'full model', colour: '--miss', look: 'bars' },
          { label: 'uncertain', colour: '--uncertain', look: 'bars' },
          { label: 'let pass', colour: '--ink', look: 'steps' },
        ]}
      />
    </ChartCard>
  )
}

function StreamChart(): VNode {
  const { app } = usePage()
  const bins =
    app.streamView.tally.value.revision < 0 ? [] : streamBins(app.streamView.log.frames(), tableRows)
  return (
    <ChartCard
      title="The session so far"
      keys={[
        { label: 'asked the full model', colour: 'miss' },
        { label: 'uncertain', colour: 'uncertain' },
        { label: 'other specialist', colour: 'hit' },
      ]}
      table={{
        head: ['from frame', 'frames', 'asked the full model', 'uncertain', 'other specialist'],
        rows: bins.map((bin) =>
          [bin.from, bin.frames, bin.misses, bin.uncertain, bin.switches].map((count) => formatCount(count)),
        ),
      }}
    >
      <Plot
        label="Share of frames that went to the full model, were uncertain, or changed the specialist"
        theme={resolvedTheme.value}
        formatValue={(value) => formatShare(value)}
        across="frame"
        columns={() =>
          binColumns(
            app.streamView.tally.value.revision < 0 ? [] : streamBins(app.streamView.log.frames(), shownBins),
          )
        }
        series={[
          { label: 'asked the full model', colour: '--miss', look: 'line' },
          { label: 'uncertain', colour: '--uncertain', look: 'line' },
          { label: 'other specialist', colour: '--hit', look: 'line' },
        ]}
      />
    </ChartCard>
  )
}
