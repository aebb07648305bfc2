import type { VNode } from 'preact'
import { Icon } from '../components/icon.tsx'
import type { PartitionRow, PartitionState } from '../state/partition-rows.ts'
import { formatBytes, formatShare } from './format.ts'

const stateTexts: Readonly<Record<PartitionState, string>> = {
  memory: 'in memory',
  stored: 'stored',
  downloading: 'on its way',
  absent: 'not here',
}

/** More names than that make a card a list. */
const mostNames = 8

function useText({ useOrder, isFirst, isNextToGo }: PartitionRow): string | null {
  if (isFirst) return 'asked first'
  if (isNextToGo) return 'next to go'
  return useOrder === null ? null : `used ${ordinal(useOrder)}`
}

function ordinal(order: number): string {
  if (order === 1) return 'last'
  return order === 2 ? 'before that' : `${order - 1} before`
}

export function PartitionCard({ row, onRemove }: { readonly row: PartitionRow; readonly onRemove: () => void }): VNode {
  const { id, state, classNames, bytes, progress, useOrder, isNextToGo } = row
  const use = useText(row)
  const rest = classNames.length - mostNames
  return (
    <li class="partition" data-testid="cache-partition" data-partition={id} data-state={state} data-next-to-go={isNextToGo}>
      <div class="partition-head">
        <h3>{id}</h3>
        <p class="partition-state">
          {stateTexts[state]}
          {use !== null && <span> · {use}</span>}
        </p>
        <p class="muted">{formatBytes(bytes)}</p>
        <button type="button" class="icon-button" aria-label={`Delete partition ${id} from this device`} disabled={useOrder === null} onClick={onRemove}>
          <Icon name="trash" />
        </button>
      </div>
      <p class="partition-classes" title={classNames.join(', ')}>
        {classNames.length === 0 ? 'no class of its own' : classNames.slice(0, mostNames).join(', ')}
        {rest > 0 && ` and ${rest} more`}
      </p>
      {progress !== null && <progress max={1} value={progress} aria-label={`Download of partition ${id}: ${formatShare(progress)}`} />}
    </li>
  )
}
