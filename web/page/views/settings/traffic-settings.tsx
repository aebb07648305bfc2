import type { VNode } from 'preact'
import { isMetered } from '../../platform/network-conditions.ts'
import { formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'
import { Slider } from '../../components/slider.tsx'
import { Switch } from './field.tsx'
import { FullModelSetting } from './full-model-setting.tsx'

/** What crosses the network beyond misses. */
export function TrafficSettings(): VNode {
  const { app } = usePage()
  const { auditShare, isPrefetching } = app.settings.values.value
  const isCostly = isMetered(navigator)
  return (
    <>
      <FullModelSetting />
      <Slider
        label="Have the edge check"
        unit="of what is answered here"
        testId="audits"
        min={0}
        max={5}
        step={0.5}
        value={auditShare * 100}
        text={formatShare(auditShare, 1)}
        onInput={(value) => app.changeSettings({ auditShare: value / 100 })}
      />
      <p class="muted" data-testid="audit-note">
        <strong>A check uploads a frame</strong> that this device was certain of, to have the edge check it:
        that is how this device learns where it was wrong. Frames are as small as the network sees them. Never
        offline, and never where data may cost money.
      </p>
      <Switch
        label="Fetch ahead"
        testId="prefetch"
        isOn={isPrefetching}
        onChange={(isOn) => app.changeSettings({ isPrefetching: isOn })}
      >
        While nothing else is to do, the specialist that often comes next. Only where data is free
        {isCostly && '; here it may not be, so nothing is fetched ahead now'}.
      </Switch>
    </>
  )
}
