import { describe, expect, it } from 'vitest';
import { describeConfig, readConfig } from '../config/config.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
const tracesOf = (env: Record<string, string>) => readConfig(env).traces;

describe('traces', () => {
  it.each([
    {},
    { OTEL_SERVICE_NAME: 'pictures' },
    { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
  ])('are off with %o', (env) => expect(tracesOf(env)).toBeUndefined());

  it('go to the endpoint of traces, or below the one of all signals', () => {
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/own' };
    expect(tracesOf(endpoint)?.url).toBe('http://collector:4318/v1/traces');
    expect(tracesOf({ ...endpoint, ...own })?.url).toBe('http://collector:4318/own');
    expect(tracesOf({ OTEL_TRACES_EXPORTER: 'otlp' })?.url).toBe('http://localhost:4318/v1/traces');
  });

  it('have the headers, attributes and sampler of the variables', () => {
    expect(
      tracesOf({
        ...endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=two%2C%20three=3',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=4',
        OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,service.namespace=shop',
        OTEL_TRACES_SAMPLER: 'traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.25',
      }),
    ).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: { a: '4', b: 'two, three=3' },
      resource: { 'service.name': 'x', 'service.namespace': 'shop' },
      sampler: 'traceidratio',
      ratio: 0.25,
    });
    const named = tracesOf({
      ...endpoint,
      OTEL_SERVICE_NAME: 'y',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=x',
    });
    expect(named?.resource).toEqual({ 'service.name': 'y' });
    expect(tracesOf(endpoint)).toMatchObject({
      resource: { 'service.name': 'proofsheet' },
      sampler: 'parentbased_always_on',
    });
  });

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'secret' },
    { OTEL_RESOURCE_ATTRIBUTES: 'a=%' },
    { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    { OTEL_TRACES_SAMPLER_ARG: '2' },
    { OTEL_TRACES_EXPORTER: 'zipkin' },
  ])('refuse the start with %o', (env) => expect(() => readConfig(env)).toThrow(Object.keys(env)[0]));

  it('warn where another protocol is set, and hide their headers from operators', () => {
    const config = readConfig({
      ...endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x',
    });
    expect(config.warnings).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL is grpc')]);
    expect(describeConfig(config)).toContainEqual({ name: 'OTEL_EXPORTER_OTLP_HEADERS', value: '***' });
  });
});
