/** A tag that only the number of a run makes wrong: said before the run begins, at its place. */
import { expect, it } from 'vitest'
import { configText, dockerConnector, imagePipeline } from '../support/image-pipeline.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

it.each(['-<+pipeline.sequenceId>', '<+pipeline.executionId>+x'])('the tag %s is refused, nothing is built, and no run is counted', async (tag) => {
  const { dir } = tempProject({
    'p.yaml': imagePipeline({ spec: { connectorRef: 'hub', repo: 'acme/app', tags: [tag] } }),
    '.slipway/config.yaml': configText({ hub: dockerConnector('https://index.docker.io/v1/') }),
    Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n',
  })
  const env = { HOME: dir, SLIPWAY_HOME: tempProject().dir }
  const ran = await slipwayHere(dir, env, 'run', 'p.yaml', '--on', 'local', '--output', 'plain')
  expect([ran.code, `${ran.out}${ran.err}`]).toEqual([1, expect.stringMatching(/p\.yaml:\d+:\d+: error: .*\[TAG_INVALID\]/)])
  expect(`${ran.out}${ran.err}`).not.toContain('defect')
  expect(JSON.parse((await slipwayHere(dir, env, 'runs', 'list', '--json')).out)).toEqual([])
})
