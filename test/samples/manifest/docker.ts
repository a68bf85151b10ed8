/** Fragments of the page about Docker registries. */
import type { Fragment } from '../fragment.ts'

const file = '004_b3a0c7d996eda651.txt'

export const docker: readonly Fragment[] = [
  {
    id: 's4-minimal',
    rows: ['GP-16'],
    file,
    lines: [47, 55],
    wrapper: 'steps',
    substitutions: { 'DOCKER_USERNAME/DOCKER_REPO_NAME': 'example/repo' },
    expect: [],
    raw: ['53:27 REF_INVALID'],
    bare: '47:15 MODEL_NO_PIPELINE',
  },
]
