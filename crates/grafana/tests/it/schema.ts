// Grafana's published types, as its JSON is written: an enumeration is the word that stands for it.
import type * as alerting from '@grafana/grafana-foundation-sdk/alerting';
import type * as barchart from '@grafana/grafana-foundation-sdk/barchart';
import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as expr from '@grafana/grafana-foundation-sdk/expr';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type * as common from '@grafana/grafana-foundation-sdk/common';

type Known<T> = unknown extends T ? true : false;
export type Plain<T> =
  Known<T> extends true ? any
  : T extends string ? `${T}`
  : T extends number | boolean | null | undefined ? T
  : T extends (...given: any) => any ? never
  : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T as K extends '_implementsDataqueryVariant' ? never : K]: Plain<T[K]> }
  : T;

// What the ClickHouse plug-in keeps (its src/types/sql.ts); the SDK does not have it.
export interface ClickHouse {
  refId: string;
  datasource: Plain<common.DataSourceRef>;
  editorType: 'sql' | 'builder';
  pluginVersion: string;
  queryType: 'table' | 'timeseries' | 'logs' | 'traces';
  format: 0 | 1 | 2 | 3;
  rawSql: string;
}
export type Prometheus = Plain<prometheus.Dataquery>;
type Target = ClickHouse | Prometheus;

interface Shown<Type, Options, Custom> extends Omit<Plain<dashboard.Panel>, 'type' | 'targets' | 'options' | 'fieldConfig'> {
  type: Type;
  targets: Target[];
  options: Plain<Options>;
  fieldConfig: {
    defaults: Omit<Plain<dashboard.FieldConfig>, 'custom'> & { custom: Custom };
    overrides: Plain<dashboard.FieldConfigSource['overrides']>;
  };
}
type Nothing = Record<string, never>;
export type Panel =
  | Plain<dashboard.RowPanel>
  | Shown<'stat', stat.Options, Nothing>
  | Shown<'bargauge', bargauge.Options, Nothing>
  | Shown<'timeseries', timeseries.Options, Plain<timeseries.FieldConfig>>
  | Shown<'barchart', barchart.Options, Plain<barchart.FieldConfig>>
  | Shown<'table', table.Options, Plain<table.FieldConfig>>;

interface Annotations extends Omit<Plain<dashboard.AnnotationQuery>, 'target'> { target: ClickHouse }
export interface Dashboard extends Omit<Plain<dashboard.Dashboard>, 'panels' | 'annotations'> {
  panels: Panel[];
  annotations: { list: Annotations[] };
}

// A cell's options stand in an override, whose value can be anything to the SDK.
export type Cell = Plain<common.TableCellOptions>;
export type Mappings = Plain<dashboard.ValueMapping[]>;
export type Steps = Plain<dashboard.ThresholdsConfig>;
export type Colour = Plain<dashboard.FieldColor>;

// File provisioning leaves out what the group says already.
type Rule = Omit<Plain<alerting.Rule>, 'data' | 'folderUID' | 'ruleGroup' | 'orgID'>;
interface Threshold extends Omit<Plain<expr.TypeThreshold>, 'conditions'> { conditions: { evaluator: { type: 'gt' | 'lt'; params: number[] } }[] }
interface Question<Model> extends Omit<Plain<alerting.Query>, 'model'> { model: Model }
export interface Rules {
  apiVersion: 1;
  groups: {
    orgId: number;
    folder: string;
    name: string;
    interval: string;
    rules: (Rule & { data: (Question<ClickHouse> | Question<Plain<expr.TypeReduce>> | Question<Threshold>)[] })[];
  }[];
}
