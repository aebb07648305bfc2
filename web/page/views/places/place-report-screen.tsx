import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import '../../styles/places.css'
import { CacheNetError } from '../../../../core/wire/errors.ts'
import type { PlaceReport } from '../../../../core/wire/place-report.ts'
import { Icon } from '../../components/icon.tsx'
import type { LearnedPlaces } from '../../state/learned-places.ts'
import { usePage } from '../page-context.ts'
import { PlaceReportView } from './place-report-view.tsx'

interface PlaceReportScreenProps {
  readonly placeId: string
  /** Undefined where nobody is there to ask. */
  readonly places: LearnedPlaces | undefined
}

type Asked =
  | { readonly kind: 'asking' }
  | { readonly kind: 'told'; readonly report: PlaceReport }
  | { readonly kind: 'trouble'; readonly message: string }

/** The report of one place as a page: to be read, printed, and left by the way back. */
export function PlaceReportScreen({ placeId, places }: PlaceReportScreenProps): VNode {
  const { app } = usePage()
  const [asked, setAsked] = useState<Asked>({ kind: 'asking' })
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (places === undefined) return
    const leaving = new AbortController()
    setAsked({ kind: 'asking' })
    places.report(leaving.signal, placeId).then(
      (report) => setAsked({ kind: 'told', report }),
      (thrown: unknown) => {
        if (!leaving.signal.aborted)
          setAsked({ kind: 'trouble', message: CacheNetError.from(thrown).message })
      },
    )
    return () => leaving.abort()
  }, [places, placeId, attempt])
  const isAway = app.edgeState.value === 'offline'
  const isOpening = app.bundle.opened.value?.list.value === undefined
  const withoutEdge: Asked =
    isOpening && !isAway
      ? { kind: 'asking' }
      : { kind: 'trouble', message: 'The edge is away, or learns no places for this bundle.' }
  const shown = places === undefined ? withoutEdge : asked
  return (
    <section class="screen place-report" aria-label="Report of a place" data-testid="place-report">
      <nav class="place-report-ways" aria-label="Report">
        <a class="button quiet" href="#settings" data-testid="leave-report">
          Back to settings
        </a>
        {shown.kind === 'told' && (
          <button type="button" class="quiet" onClick={() => print()}>
            Print
          </button>
        )}
      </nav>
      {shown.kind === 'asking' && (
        <div class="panel" aria-busy="true">
          <p class="muted">The edge is asked.</p>
        </div>
      )}
      {shown.kind === 'trouble' && (
        <div class="panel">
          <p role="status">{shown.message}</p>
          {places !== undefined && (
            <button type="button" class="quiet" onClick={() => setAttempt(attempt + 1)}>
              <Icon name="turn" />
              Ask again
            </button>
          )}
        </div>
      )}
      {shown.kind === 'told' && places !== undefined && (
        <PlaceReportView report={shown.report} places={places} />
      )}
    </section>
  )
}
