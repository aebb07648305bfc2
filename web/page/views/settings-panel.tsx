import type { VNode } from 'preact'
import { GateCurveChart } from './gate-curve-chart.tsx'
import { forecastAt } from '../session/gate-curve.ts'
import { entropyCeiling } from '../session/strip-geometry.ts'
import { formatNats, formatShare } from './format.ts'
import { usePage } from './page-context.ts'

const rates = [1, 2, 5, 10, 15, 30] as const

export function SettingsPanel(): VNode {
  return (
    <section class="panel settings" aria-label="Settings">
      <h2>Settings</h2>
      <ThresholdSetting />
      <div class="fields">
        <BundleSetting />
        <RateSetting />
        <ProbesSetting />
      </div>
    </section>
  )
}

function ThresholdSetting(): VNode {
  const { app } = usePage()
  const manifest = app.bundle.opened.value?.manifest
  const { thresholdNats } = app.gate.value
  const curve = manifest?.gate.curve ?? []
  const most = entropyCeiling(manifest?.classNames.length ?? 2)
  const forecast = forecastAt(curve, thresholdNats)
  const isOwn = app.settings.values.value.thresholdNats !== null
  return (
    <div class="threshold">
      <label class="slider">
        <span>
          Certain below <output>{formatNats(thresholdNats)}</output> nats
        </span>
        <input
          type="range"
          data-testid="threshold"
          min={0}
          max={most.toFixed(2)}
          step={0.01}
          value={thresholdNats}
          onInput={({ currentTarget }) => app.changeSettings({ thresholdNats: currentTarget.valueAsNumber })}
        />
      </label>
      {forecast !== undefined && (
        <>
          <GateCurveChart curve={curve} thresholdNats={thresholdNats} mostNats={most} />
          <p class="muted">
            Answers {formatShare(forecast.coverage)} of frames here, {formatShare(forecast.accuracyOfWhole, 1)} right overall.
          </p>
        </>
      )}
      {isOwn && (
        <button type="button" class="quiet" onClick={() => app.changeSettings({ thresholdNats: null })}>
          Back to the bundle’s
        </button>
      )}
    </div>
  )
}

function BundleSetting(): VNode {
  const { app } = usePage()
  const bundle = app.bundle.opened.value
  const bundles = bundle?.list?.bundles.map(({ id }) => id) ?? (bundle === undefined ? [] : [bundle.manifest.id])
  return (
    <label>
      Bundle
      <select
        data-testid="bundle"
        value={bundle?.manifest.id}
        disabled={bundles.length === 0}
        onChange={({ currentTarget }) => {
          app.changeSettings({ bundle: currentTarget.value })
          void app.bundle.open()
        }}
      >
        {bundles.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  )
}

function RateSetting(): VNode {
  const { app } = usePage()
  const { rate } = app.settings.values.value
  const choices = rate === 'max' || rates.some((choice) => choice === rate) ? rates : [...rates, rate].sort((a, b) => a - b)
  return (
    <label>
      Frames a second
      <select
        data-testid="rate"
        value={String(rate)}
        onChange={({ currentTarget: { value } }) => app.changeSettings({ rate: value === 'max' ? 'max' : Number(value) })}
      >
        {choices.map((choice) => (
          <option key={choice} value={String(choice)}>
            {choice}
          </option>
        ))}
        <option value="max">as many as go</option>
      </select>
    </label>
  )
}

function ProbesSetting(): VNode {
  const { app } = usePage()
  const { maxProbes } = app.gate.value
  return (
    <label>
      Partitions to ask
      <input
        type="number"
        data-testid="probes"
        min={1}
        max={64}
        inputMode="numeric"
        value={maxProbes}
        onChange={({ currentTarget }) => {
          const value = currentTarget.valueAsNumber
          if (Number.isInteger(value) && value >= 1 && value <= 64) app.changeSettings({ maxProbes: value })
          else currentTarget.value = String(maxProbes)
        }}
      />
    </label>
  )
}
