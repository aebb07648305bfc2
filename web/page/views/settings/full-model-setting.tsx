import type { VNode } from 'preact'
import type { FullModelState } from '../../full-model/device-full-model.ts'
import { formatBytes } from '../format.ts'
import { usePage } from '../page-context.ts'
import { Select } from './field.tsx'

const stateTexts: Readonly<Record<FullModelState, string>> = {
  absent: 'It is not here.',
  coming: 'It is coming.',
  ready: 'It is here, and answers where it is sooner than the edge, or the edge is away.',
  failed: 'It cannot run here; the edge is asked.',
}

/** Whether the full model comes to this device too; it answers what the small networks are uncertain of. */
export function FullModelSetting(): VNode {
  const { app } = usePage()
  const { fullModel: wanted } = app.settings.values.value
  const fullModel = app.bundle.opened.value?.fullModel
  return (
    <>
      <Select
        label="Full model on this device"
        testId="full-model"
        value={wanted}
        choices={[
          ['auto', 'Where data is free'],
          ['always', 'Always, whatever data costs'],
          ['never', 'Never: the edge alone has it'],
        ]}
        onChange={(value) => app.changeSettings({ fullModel: value })}
      />
      {fullModel !== undefined && (
        <p class="muted" data-testid="full-model-state" data-state={fullModel.state.value}>
          It weighs {formatBytes(fullModel.bytes)}. {stateTexts[fullModel.state.value]}
        </p>
      )}
    </>
  )
}
