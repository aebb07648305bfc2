import { markup, nothing, type Markup } from '../html/markup.ts'
import { section } from '../html/section.ts'
import { fewImages, measuredShare } from '../../../core/measured-share.ts'
import { notWorthUsing } from '../../run/worth-using.ts'
import { adviceOf, type Advice } from '../advice.ts'
import type { ConfusedPair, ReportData } from '../report-data.ts'

/** The stream that promises least: every frame may show anything. */
const plainStream = 'iid'

const tile = (name: string, value: string, note: string): Markup => {
  const [figure, interval] = [value.replace(/\s?\(.*/, ''), /\(.*\)/.exec(value)?.[0] ?? '']
  return markup`<li><span class="tile-name">${name}</span> <strong>${figure}</strong> ${interval === '' ? nothing : markup`<span class="tile-interval">${interval}</span> `}<span class="tile-note">${note}</span></li>`
}

function tiles({ evaluation }: ReportData): Markup {
  const { images, fullAccuracy, generalistAccuracy, streams } = evaluation
  const share = (value: number): string => measuredShare(value, images, '\u00a0')
  const plain = streams[plainStream] ?? Object.values(streams)[0]
  return markup`<ul class="tiles">${[
    tile('Edge', share(fullAccuracy), 'right: the full model'),
    tile('Phone alone', share(generalistAccuracy), 'right: the generalist'),
    ...(plain === undefined
      ? []
      : [
          tile(
            'Together',
            share(plain.accuracy),
            `right; the phone answers ${share(plain.coverage)} by itself, more where scenes last`,
          ),
        ]),
  ]}</ul>`
}

function pairCard(
  { truth, answer, count, ofClass, pictures, like }: ConfusedPair,
  names: readonly string[],
): Markup {
  const [from, to] = [names[truth] ?? '', names[answer] ?? '']
  const picture = (source: string, alt: string): Markup =>
    markup`<img src="${source}" alt="${alt}" width="56" height="56">`
  return markup`<li><p><strong>${from}</strong> taken for <strong>${to}</strong>: ${count} of ${ofClass}</p><div class="pictures">${pictures.map((source) => picture(source, `${from}, taken for ${to}`))}${
    like === undefined ? nothing : markup`<span class="like">${picture(like, to)}<span>${to}</span></span>`
  }</div></li>`
}

function confused({ confusedPairs, manifest, evaluation }: ReportData): Markup {
  const body =
    confusedPairs.length === 0
      ? markup`<p>None: all ${evaluation.images} test images are right.</p>`
      : markup`<ul class="pairs">${confusedPairs.map((pair) => pairCard(pair, manifest.classNames))}</ul>`
  return markup`<h3>What it confuses</h3>${body}`
}

const step = ({ sentence, command }: Advice): Markup =>
  markup`<li>${sentence}${command === undefined ? nothing : markup` <code>${command}</code>`}</li>`

/** The first screen: how good it is, what it confuses, what to do next. */
export function headlineSection(data: ReportData): Markup {
  const { evaluation, manifest } = data
  const warnings = notWorthUsing(evaluation, manifest.classNames.length)
  const isFew = evaluation.images < fewImages
  return section({
    id: 'result',
    title: 'How good it is',
    lead: `On ${evaluation.images} images that training never saw${isFew ? ': so few that the truth may lie anywhere in the brackets.' : '.'}`,
    body: [
      warnings.length === 0
        ? nothing
        : markup`<ul class="warnings">${warnings.map((warning) => markup`<li>${warning}</li>`)}</ul>`,
      tiles(data),
      markup`<div class="next"><div>${confused(data)}</div><div><h3>What to do next</h3><ol>${adviceOf(data).map(step)}</ol></div></div>`,
    ],
  })
}
