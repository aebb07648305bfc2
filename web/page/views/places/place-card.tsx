import type { VNode } from 'preact'
import type { LearnedPlaceView } from '../../../../core/wire/places.ts'
import { Icon } from '../../components/icon.tsx'
import type { LearnedPlaces } from '../../state/learned-places.ts'
import { placeReportHash } from '../../state/screen.ts'
import { formatAgo, formatBytes, formatCount, formatShare, formatTime } from '../format.ts'
import { PlaceName } from './place-name.tsx'
import { PlacePictures } from './place-pictures.tsx'
import { driftText, placeText } from './place-words.ts'

interface PlaceCardProps {
  readonly place: LearnedPlaceView
  readonly places: LearnedPlaces
  readonly isBusy: boolean
  readonly onRename: (name: string) => void
  readonly onExport: () => void
  readonly onForget: () => void
}

/** A place: what it is at, what it gained, what it weighs, and what can be done with it. */
export function PlaceCard({ place, places, isBusy, onRename, onExport, onForget }: PlaceCardProps): VNode {
  const { learned, name } = place
  const drift = driftText(place)
  return (
    <li class="partition" data-testid="place" data-place={place.id} data-stage={place.stage}>
      <div class="partition-head">
        <h3>
          <PlaceName name={name} isBusy={isBusy} onRename={onRename} />
        </h3>
        <p class="partition-state">{placeText(place)}</p>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={`Forget ${name}`}
        disabled={isBusy}
        onClick={onForget}
      >
        <Icon name="trash" />
      </button>
      {drift !== '' && <p data-testid="place-drift">{drift}</p>}
      {learned !== undefined && (
        <p class="partition-classes">
          Sent to the edge: {formatShare(learned.before.misses)} of its frames before,{' '}
          {formatShare(learned.after.misses)} as learned. Answered otherwise than there:{' '}
          {formatShare(learned.before.wrongHits, 1)}, and {formatShare(learned.after.wrongHits, 1)}.
        </p>
      )}
      <p class="partition-facts">
        {learned !== undefined && (
          <span>
            learned{' '}
            <time dateTime={learned.at} title={formatTime(Date.parse(learned.at))}>
              {formatAgo(Date.parse(learned.at))}
            </time>
          </span>
        )}
        {learned !== undefined && <span>weighs {formatBytes(learned.bytes)}</span>}
        <span>
          {formatCount(place.frames)} frames on the edge, {formatBytes(place.bytes)}
        </span>
      </p>
      <PlacePictures places={places} place={place} />
      <div class="place-actions">
        <a
          class="button quiet"
          href={placeReportHash(place.id)}
          aria-label={`Report of ${name}`}
          data-testid="place-report-link"
        >
          <Icon name="insight" />
          Report
        </a>
        {learned !== undefined && (
          <button
            type="button"
            class="quiet"
            aria-label={`Save as a file: ${name}`}
            disabled={isBusy}
            onClick={onExport}
          >
            <Icon name="save" />
            Save as a file
          </button>
        )}
      </div>
    </li>
  )
}
