/**
 * Heads a statement whose best plan depends on its values. PostgreSQL plans it each time; after five runs of a prepared
 * one it may keep a plan for any values.
 */
export const unprepared = '/* unprepared */';
