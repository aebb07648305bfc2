/**
 * The terms of the objective that an ablation switches, one at a time: each a name, what it does to the
 * config, and which of the baseline's networks it does not touch, so that both have the same.
 */
export interface AblatedTerm {
  readonly name: string
  readonly assignments: readonly string[]
  readonly shares: readonly ('generalist' | 'encoder')[]
}

export const ablatedTerms: readonly AblatedTerm[] = [
  { name: 'without reconstruction', assignments: ['encoder.reconstruction=0'], shares: ['generalist'] },
  { name: 'without MMD', assignments: ['encoder.lambda=0'], shares: ['generalist'] },
  {
    name: 'without mutual information',
    assignments: ['encoder.mutualInformation=0'],
    shares: ['generalist'],
  },
  { name: 'without regions in the code', assignments: ['encoder.region=0'], shares: ['generalist'] },
  { name: 'without a ramp', assignments: ['encoder.rampShare=0'], shares: ['generalist'] },
  {
    name: 'without something else',
    assignments: ['partition.loss.outsideWeight=0'],
    shares: ['generalist', 'encoder'],
  },
  {
    name: 'without distillation',
    assignments: ['partition.loss.distillation=0', 'generalist.loss.distillation=0'],
    shares: ['encoder'],
  },
]
