import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { PlaceReport } from '../../../../core/wire/place-report.ts'
import type { LearnedPlaces } from '../../state/learned-places.ts'
import { formatAgo, formatBytes, formatCount, formatShare, formatTime } from '../format.ts'
import { PlacePictures } from './place-pictures.tsx'
import { driftText, placeText } from './place-words.ts'
import { checkTexts, gainRows, gainText, lightText, unknownTexts } from './report-words.ts'

interface PlaceReportViewProps {
  readonly report: PlaceReport
  readonly places: LearnedPlaces
}

/** Enough to tell one from another. */
const hashDigits = 12

const timeOf = (at: string): string => formatTime(Date.parse(at))
const visitsText = (visits: number): string => `${formatCount(visits)} ${visits === 1 ? 'visit' : 'visits'}`

function Gain({ report }: { readonly report: PlaceReport }): VNode {
  const rows = gainRows(report)
  const { tried } = report
  return (
    <div class="panel" data-testid="report-gain">
      <h3>What it gained</h3>
      {rows.length === 0 ? (
        <p>Nothing that was learned of this place is in use.</p>
      ) : (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">Frames</th>
                <th scope="col">before</th>
                <th scope="col">as learned</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ what, before, after }) => (
                <tr key={what}>
                  <th scope="row">{what}</th>
                  <td>{before}</td>
                  <td>{after}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="muted">{gainText(report)}</p>
        </>
      )}
      {tried !== undefined && (
        <p class="muted">
          {timeOf(tried.at)}: {tried.message}
        </p>
      )}
    </div>
  )
}

function SeenClasses({ classes }: Pick<PlaceReport, 'classes'>): VNode {
  return (
    <div class="panel" data-testid="report-classes">
      <h3>What is seen there</h3>
      {classes.length === 0 ? (
        <p>Nothing is known of it.</p>
      ) : (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col">share</th>
              </tr>
            </thead>
            <tbody>
              {classes.map(({ name, share }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{formatShare(share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="muted">
            As the full model sees the frames that it was sent: those that phones were not certain of, and a
            few that were checked.
          </p>
        </>
      )}
    </div>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Facts({ report: { place, kept, learnedFrom, bundle } }: { readonly report: PlaceReport }): VNode {
  const { learned } = place
  return (
    <div class="panel" data-testid="report-facts">
      <h3>Frames and versions</h3>
      <dl class="place-facts">
        {learned !== undefined && (
          <Fact name="Learned">
            {timeOf(learned.at)}, {formatAgo(Date.parse(learned.at))}
          </Fact>
        )}
        {learnedFrom !== undefined && (
          <Fact name="From">
            {formatCount(learnedFrom.frames)} frames
            {learnedFrom.visits !== undefined &&
              `; those that are still kept came in ${visitsText(learnedFrom.visits)}`}
          </Fact>
        )}
        <Fact name="Kept on the edge">
          {formatCount(place.frames)} frames, {formatBytes(place.bytes)}
          {kept !== undefined &&
            `, of ${visitsText(kept.visits)}, from ${timeOf(kept.first)} to ${timeOf(kept.last)}`}
        </Fact>
        {learned !== undefined && learnedFrom !== undefined && (
          <>
            {learnedFrom.light !== undefined && <Fact name="Light">{lightText(learnedFrom.light)}</Fact>}
            <Fact name="A phone fetches">{formatBytes(learned.bytes)}</Fact>
            <Fact name="Partition">
              {learned.partition}
              {learnedFrom.replaced === undefined
                ? ', added to the bundle'
                : `, in the place of ${learnedFrom.replaced}`}
              , weights <code>{learnedFrom.sha256.slice(0, hashDigits)}</code>
            </Fact>
          </>
        )}
        <Fact name="Bundle">
          {bundle.id}, version of {timeOf(bundle.createdAt)},{' '}
          <code>{bundle.manifestSha256.slice(0, hashDigits)}</code>
        </Fact>
      </dl>
      {kept !== undefined && <p class="muted">A visit is a time without a pause of five minutes.</p>}
    </div>
  )
}

/** What the edge told of a place, in words and numbers. */
export function PlaceReportView({ report, places }: PlaceReportViewProps): VNode {
  const { place, at, classes } = report
  const heading = useRef<HTMLHeadingElement>(null)
  // Whoever followed a link to it begins to read here.
  useEffect(() => heading.current?.focus(), [])
  const checks = checkTexts(report)
  const drift = driftText(place)
  return (
    <>
      <div class="panel">
        <h2 tabIndex={-1} ref={heading}>
          {place.name}
        </h2>
        <p>
          {placeText(place)} {drift}
        </p>
        <PlacePictures places={places} place={place} />
        <p class="muted">Written by the edge, {timeOf(at)}.</p>
      </div>
      <Gain report={report} />
      {checks.length > 0 && (
        <div class="panel" data-testid="report-checks">
          <h3>What was checked since</h3>
          {checks.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
      <SeenClasses classes={classes} />
      <Facts report={report} />
      <div class="panel">
        <h3>What is not known</h3>
        <ul class="place-unknown">
          {unknownTexts(report).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </div>
    </>
  )
}
