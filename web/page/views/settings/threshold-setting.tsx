import type { VNode } from 'preact'
import { forecastAt } from '../../stream-log/gate-curve.ts'
import { entropyCeiling } from '../../stream-log/strip-geometry.ts'
import { usableThreshold } from '../../../../core/gate/sureness.ts'
import { formatDoubt, formatMeasured, formatNats } from '../format.ts'
import { usePage } from '../page-context.ts'
import { Slider } from '../../components/slider.tsx'
import type { GateSettings } from '../../../../core/gate/settings.ts'
import { GateCurveChart } from './gate-curve-chart.tsx'

/** The threshold, and what the bundle's own calibration says of it. */
export function ThresholdSetting(): VNode {
  const { app } = usePage()
  const manifest = app.bundle.opened.value?.manifest
  const gate = app.gate.value
  // Where the generalist alone is asked, it is its threshold that counts.
  const thresholdNats = gate.maxProbes === 0 ? gate.generalistThresholdNats : gate.thresholdNats
  const curve = manifest?.gate.curve ?? []
  const classes = manifest?.classNames.length ?? 2
  const images = calibrationImages(manifest?.metrics)
  const most = usableThreshold(entropyCeiling(classes), classes)
  const { thresholdNats: own, probing } = app.settings.values.value
  const isAdapting = app.gateControl.isAdapting.value
  // What the locality in force was calibrated to; the curve is of the one setting for all streams.
  const locality = isAdapting ? manifest?.gate.localities[app.gateControl.locality.value.row] : undefined
  const forecast =
    locality === undefined
      ? isMeasured(gate, manifest?.gate)
        ? forecastAt(curve, thresholdNats)
        : undefined
      : { coverage: locality.coverage, accuracyOfWhole: locality.accuracy }
  return (
    <div class="threshold">
      <Slider
        label="Answer here up to a doubt of"
        unit=""
        testId="threshold"
        min={0}
        max={Number(most.toFixed(2))}
        step={0.01}
        value={thresholdNats}
        text={formatDoubt(thresholdNats, classes)}
        onInput={(value) => app.changeSettings({ thresholdNats: value })}
      />
      {forecast !== undefined && (
        <p class="forecast" data-testid="forecast">
          Answers <strong>{formatMeasured(forecast.coverage, images)}</strong> of frames here,{' '}
          <strong>{formatMeasured(forecast.accuracyOfWhole, images, 1)}</strong> right.
        </p>
      )}
      {forecast !== undefined && curve.length > 0 && (
        <GateCurveChart curve={curve} thresholdNats={thresholdNats} mostNats={most} classes={classes} />
      )}
      {forecast === undefined && curve.length > 0 && (
        <p class="muted">How good that is was not measured for this way to ask.</p>
      )}
      <details class="numbers">
        <summary>In numbers</summary>
        <p>
          Threshold {formatNats(thresholdNats)} nats of predictive entropy;{' '}
          {formatNats(entropyCeiling(classes))} nats is the most that {classes} classes can have. Nobody may
          set more than two thirds of it: beyond, an answer says next to nothing.
        </p>
      </details>
      {own !== null ? (
        <button
          type="button"
          class="quiet"
          data-testid="threshold-reset"
          onClick={() => app.changeSettings({ thresholdNats: null })}
        >
          {probing === 'adaptive' ? 'Follow the scene again' : 'Back to the bundle’s own'}
        </button>
      ) : (
        <p class="muted">
          {locality === undefined
            ? 'The bundle’s own. Move it to set yours.'
            : 'Follows the scene. The curve is of one setting for all scenes: move it to choose that one.'}
        </p>
      )}
    </div>
  )
}

/** How many images the forecast was measured on; undefined where the bundle does not say. */
function calibrationImages(metrics: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const { images } = (metrics?.['validation'] ?? {}) as { readonly images?: unknown }
  return typeof images === 'number' ? images : undefined
}

/** The bundle's curve is of one way to ask; of another it says nothing. */
function isMeasured(
  gate: GateSettings,
  bundle: Pick<GateSettings, 'maxProbes' | 'order' | 'asksGeneralist'> | undefined,
): boolean {
  return (
    bundle !== undefined &&
    gate.maxProbes === bundle.maxProbes &&
    gate.order === bundle.order &&
    gate.asksGeneralist === bundle.asksGeneralist
  )
}
