import type { VNode } from 'preact'
import { Icon } from '../../components/icon.tsx'
import type { PartitionRow, PartitionState } from '../../state/partition-rows.ts'
import { formatAgo, formatBytes, formatShare } from '../format.ts'

const stateTexts: Readonly<Record<PartitionState, string>> = {
  memory: 'in memory',
  stored: 'stored',
  downloading: 'on its way',
  absent: 'not here',
}

/** More names than that make a card a list. */
const mostNames = 8

export interface PartitionCardProps {
  readonly row: PartitionRow
  /** Milliseconds since 1970. */
  readonly lastUseMs: number | undefined
  readonly onRemove: () => void
}

function stateText({ state, isDelta, isStored }: PartitionRow): string {
  if (state !== 'memory') return stateTexts[state]
  if (isDelta) return isStored ? 'in memory in brief, stored' : 'in memory in brief'
  return isStored ? 'in memory, stored' : 'in memory only'
}

export function PartitionCard({ row, lastUseMs, onRemove }: PartitionCardProps): VNode {
  const { id, name, state, classNames, bytes, progress, useOrder, isFirst, isNextToGo } = row
  const rest = classNames.length - mostNames
  return (
    <li
      class="partition"
      data-testid="cache-partition"
      data-partition={id}
      data-state={state}
      data-form={row.isDelta ? 'delta' : 'whole'}
      data-next-to-go={isNextToGo}
    >
      <div class="partition-head">
        <h3>{name}</h3>
        <p class="partition-state">{stateText(row)}</p>
        {isFirst && <p class="chip">asked first</p>}
        {isNextToGo && <p class="chip chip-warning">next to go</p>}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={`Delete specialist ${name} from this device`}
        disabled={useOrder === null}
        onClick={onRemove}
      >
        <Icon name="trash" />
      </button>
      <p class="partition-classes" title={classNames.join(', ')}>
        {classNames.length === 0 ? 'no class of its own' : classNames.slice(0, mostNames).join(', ')}
        {rest > 0 && ` and ${rest} more`}
      </p>
      <p class="partition-facts">
        <span>{formatBytes(bytes)}</span>
        {useOrder !== null && lastUseMs !== undefined && <span>used {formatAgo(lastUseMs)}</span>}
      </p>
      {progress !== null && (
        <progress
          max={1}
          value={progress}
          aria-label={`Download of specialist ${name}: ${formatShare(progress)}`}
        />
      )}
    </li>
  )
}
