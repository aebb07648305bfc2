import type { VNode } from 'preact'
import { forecastAt } from '../../session/gate-curve.ts'
import { entropyCeiling } from '../../session/strip-geometry.ts'
import { formatNats, formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'
import { Slider } from '../slider.tsx'
import { GateCurveChart } from './gate-curve-chart.tsx'

/** The threshold, and what the bundle's own calibration says of it. */
export function ThresholdSetting(): VNode {
  const { app } = usePage()
  const manifest = app.bundle.opened.value?.manifest
  const { thresholdNats } = app.gate.value
  const curve = manifest?.gate.curve ?? []
  const most = entropyCeiling(manifest?.classNames.length ?? 2)
  const { thresholdNats: own, probing } = app.settings.values.value
  // What the locality in force was calibrated to; the curve is of the one setting for all streams.
  const locality = own === null && probing === 'adaptive' ? manifest?.gate.localities[app.gateControl.locality.value.row] : undefined
  const forecast = locality === undefined ? forecastAt(curve, thresholdNats) : { coverage: locality.coverage, accuracyOfWhole: locality.accuracy }
  return (
    <div class="threshold">
      <Slider
        label="Certain below"
        unit="nats"
        testId="threshold"
        min={0}
        max={Number(most.toFixed(2))}
        step={0.01}
        value={thresholdNats}
        text={formatNats(thresholdNats)}
        onInput={(value) => app.changeSettings({ thresholdNats: value })}
      />
      {forecast !== undefined && (
        <>
          <p class="forecast" data-testid="forecast">
            Answers <strong>{formatShare(forecast.coverage)}</strong> of frames here, <strong>{formatShare(forecast.accuracyOfWhole, 1)}</strong> right.
          </p>
          <GateCurveChart curve={curve} thresholdNats={thresholdNats} mostNats={most} />
        </>
      )}
      {own !== null ? (
        <button type="button" class="quiet" data-testid="threshold-reset" onClick={() => app.changeSettings({ thresholdNats: null })}>
          {probing === 'adaptive' ? 'Back to what the scene asks for' : 'Back to the bundle’s'}
        </button>
      ) : (
        <p class="muted">{probing === 'adaptive' ? `Follows the scene, as the bundle was calibrated.${locality === undefined ? '' : ' The curve is of one setting for all streams.'}` : 'The bundle’s own.'} Move it to set your own.</p>
      )}
    </div>
  )
}
