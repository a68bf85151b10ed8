import { describe, expect, it } from 'vitest'
import { runText } from '../../test/support/run-text.ts'
import { tempProject } from '../../test/support/temp-project.ts'

const pipeline = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          platform: {os: Linux}
          execution:
            steps:
              - step: {identifier: a, name: a, type: Run, spec: {command: x, envVariables: {PLUGIN_ARTIFACT_FILE: out/artifact.json}}}
`

async function stepThatWrote(text: string | undefined) {
  const { dir } = tempProject(text === undefined ? {} : { 's/out/artifact.json': text })
  const { outcome, view } = await runText(pipeline, { workspace: dir })
  expect(outcome).toEqual({ kind: 'passed' })
  return view.step('s/a')
}

describe('what a step publishes in its artifact file', () => {
  it('is links by their names, also as publishers write them; only addresses of the web', async () => {
    const fileArtifacts = [
      { name: 'report', url: 'https://example.com/report' },
      { url: 'Coverage:::https://example.com/coverage' },
      { name: '', url: 'http://example.com/plain' },
      { name: 'odd', url: 'javascript:alert(1)' },
    ]
    expect((await stepThatWrote(JSON.stringify({ kind: 'fileUpload/v1', data: { fileArtifacts } })))?.links).toEqual([
      { name: 'report', url: 'https://example.com/report' },
      { name: 'Coverage', url: 'https://example.com/coverage' },
      { name: 'http://example.com/plain', url: 'http://example.com/plain' },
    ])
  })

  it('is images too, as image plugins write them', async () => {
    const data = { registryType: 'ECR', registryUrl: 'https://r.example.com', images: [{ image: 'r.example.com/app:1', digest: 'sha256:1' }] }
    expect((await stepThatWrote(JSON.stringify({ kind: 'docker/v1', data })))?.published).toEqual(data)
  })

  it('need not be there; something else is told and no failure', async () => {
    expect((await stepThatWrote(undefined))?.notes).toEqual([])
    for (const text of ['no JSON', '{"kind": "other"}']) {
      expect((await stepThatWrote(text))?.notes.map(({ code }) => code)).toEqual(['ARTIFACT_FILE_UNREADABLE'])
    }
  })
})
