/** Codes of the server and its API. */
import type { CodeEntry } from '../codes.ts'

export const serveCodes = {
  PIPELINE_NOT_SERVED: {
    severity: 'error',
    message: 'this server has no pipeline {pipeline}',
    hint: 'GET /api/pipelines lists those that it has; it was started with their files or folders',
    explain: 'Only the pipeline files that `slipway serve FILE|DIR…` names can be started from the page and the API. Ids belong to the place of a file.',
  },
  API_INPUTS_MISSING: {
    severity: 'error',
    message: 'the pipeline wants values for {inputs}',
    hint: 'GET /api/pipelines/ID/form lists its inputs',
    explain: 'An `<+input>` without a default has to be given when the run is started. Nobody is at a terminal who could be asked later.',
  },
  API_INPUT_REFUSED: {
    severity: 'error',
    message: 'the input {input} cannot have that value: {why}',
    explain: 'The `<+input>` in the file says which values are allowed.',
  },
  API_BRANCH_UNKNOWN: {
    severity: 'error',
    message: 'the work tree has no branch {branch}',
    hint: 'branches: {branches}',
    explain:
      'A run that is started for a branch clones it from the work tree that holds the pipeline file. The branch that is checked out is taken as it lies there.',
  },
  RUN_OVER: {
    severity: 'error',
    message: 'the run {run} is over: {status}',
    explain: 'Only a run that waits or is running can be stopped.',
  },
  API_ROUTE_UNKNOWN: {
    severity: 'error',
    message: 'the API has no {method} {path}',
    hint: 'GET /api/openapi.json tells what there is',
    explain: 'The address or its method is not one of the API.',
  },
  API_REQUEST_BAD: {
    severity: 'error',
    message: 'the request is not as it should be: {what}',
    hint: 'GET /api/openapi.json tells what each route takes',
    explain: 'A parameter or the body does not fit what the route takes. The message names the first place that does not.',
  },
  API_BODY_LARGE: {
    severity: 'error',
    message: 'the body of the request is larger than {limit}',
    explain: 'Requests are small: names and values of inputs. A larger body is refused before it is read.',
  },
  API_BODY_SLOW: {
    severity: 'error',
    message: 'the body of the request did not arrive within {seconds} s',
    explain: 'A request that never ends would keep a connection for ever, so its body has to be there in time.',
  },
  API_TOKEN_NEEDED: {
    severity: 'error',
    message: 'this server wants its token',
    hint: 'send it as `Authorization: Bearer TOKEN`; the page asks for it',
    explain:
      'A server that listens beyond this machine, and every one that was started with `--token-file` or `SLIPWAY_SERVE_TOKEN`, answers only those who know its token. It was none, or another.',
  },
  API_ORIGIN_REFUSED: {
    severity: 'error',
    message: 'requests of other pages are refused: {what}',
    hint: 'open the page of this server itself; programs send no Origin',
    explain:
      'A page that you visit could otherwise give orders to a server on your machine. So the Host must be one that this server goes by (`--host NAME` adds one), and Origin and Sec-Fetch-Site must be its own.',
  },
  API_READ_ONLY: {
    severity: 'error',
    message: 'this server is read-only',
    hint: 'start it without --read-only to give orders',
    explain: 'With `--read-only` runs can be looked at. Nothing can be started, stopped or answered.',
  },
  SERVE_TOKEN_MISSING: {
    severity: 'error',
    message: 'listening on {address}, beyond this machine, needs a token',
    hint: 'put one into a file (openssl rand -hex 24 > token) and add --token-file token, or set SLIPWAY_SERVE_TOKEN; behind a proxy on this machine listen on 127.0.0.1',
    explain:
      'Whoever reaches the page can start pipelines, and so commands, as the user who serves it. On the loopback interface only people of this machine do; anywhere else a token is asked for.',
  },
  SERVE_TOKEN_WEAK: {
    severity: 'error',
    message: 'the token has {length} characters, and needs at least 16',
    hint: 'openssl rand -hex 24',
    explain: 'The token is all that stands between strangers and commands on this machine. Blanks around it do not count.',
  },
} as const satisfies Record<string, CodeEntry>
