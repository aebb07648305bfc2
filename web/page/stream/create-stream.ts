import type { ReadonlySignal } from '@preact/signals'
import type { GateSettings } from '../../../core/gate/settings.ts'
import type { OpenedBundle } from '../boot/open-bundle.ts'
import type { EdgeState } from '../edge/edge-client.ts'
import type { InferenceHost } from '../engine/inference-host.ts'
import { isMetered } from '../platform/network-conditions.ts'
import type { GateControl } from '../state/gate-control.ts'
import type { LastUses } from '../state/last-uses.ts'
import type { Notices } from '../state/notices.ts'
import { createStreamView, type StreamView } from '../state/stream-view.ts'
import type { Settings } from '../state/settings-schema.ts'
import { createAuditor } from './auditor.ts'
import type { FullModelDesk } from './full-model-desk.ts'
import { createFrameAnswerer, type StreamSwitches } from './frame-answerer.ts'
import { createPlayer, type Player } from './player.ts'
import { createStage, type Stage } from './stage.ts'

export interface StreamOptions {
  readonly opened: ReadonlySignal<OpenedBundle | undefined>
  readonly settings: ReadonlySignal<Settings>
  readonly host: InferenceHost
  readonly gateControl: GateControl
  /** As it is for the next frame. */
  readonly gate: ReadonlySignal<GateSettings>
  readonly edgeState: ReadonlySignal<EdgeState>
  readonly desk: FullModelDesk
  readonly lastUses: LastUses
  readonly notices: Notices
  readonly switches: StreamSwitches
  /** The networks have answered a frame. */
  readonly onAnswered: () => void
}

/** What plays, what is drawn of it, and what it has shown. */
export interface Stream {
  readonly player: Player
  readonly stage: Stage
  readonly streamView: StreamView
}

/** Puts a stream's parts together. Nothing plays yet. */
export function createStream(options: StreamOptions): Stream {
  const { opened, settings, host, gateControl, gate, edgeState, desk, lastUses, notices, switches } = options
  const { onAnswered } = options
  const edge = () => opened.value?.edge
  /** Asking for what nobody waits for costs nothing now. */
  const isCheap = (): boolean => navigator.onLine && edgeState.value !== 'offline' && !isMetered(navigator)
  const stage = createStage()
  const streamView = createStreamView({
    isSmoothing: () => settings.peek().isSmoothing,
    isAsking: () => desk.isBusy(),
  })
  const auditor = createAuditor({
    share: () => settings.value.auditShare,
    isAllowed: isCheap,
    edge,
    streamView,
    onAudit: (isRight) => {
      gateControl.observe({ kind: 'audit', isRight })
      edge()?.noteChecked(isRight)
    },
  })
  const answer = createFrameAnswerer({
    opened,
    desk,
    streamView,
    stage,
    auditor,
    lastUses,
    notices,
    gate: gateControl,
    gateOfFrames: {
      settings: () => gate.value,
      thresholdAlone: (network) => gateControl.thresholdAlone(network),
    },
    scene: gateControl.scene,
    classify: (...args) => host.classify(...args),
    picture: (...args) => host.picture(...args),
    residents: () => host.residents.value,
    mayPrefetch: () => settings.value.isPrefetching && isCheap(),
    onAnswered,
    switches,
  })
  const player = createPlayer({
    answer,
    onStart() {
      streamView.clear()
      gateControl.restart()
    },
    onEnd: () => streamView.flush(),
    onFailure: (error) => notices.showError('stream', error),
  })
  return { player, stage, streamView }
}
