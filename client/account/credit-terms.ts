/** Credits of a new account and where to get more, as the operator has set it. */
import type { Accessor } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { CreditTermsQuery } from '../api/generated/graphql.ts';
import { createStoreQuery } from '../api/client.ts';

const CreditTermsDocument = graphql(`
  query CreditTerms {
    creditTerms {
      signupCredits
      creditsUrl
    }
  }
`);

export type CreditTerms = CreditTermsQuery['creditTerms'];

/** Undefined until loaded; the query runs once `isWanted` is true. Needs the `Provider` of `@urql/solid`. */
export function createCreditTerms(isWanted: Accessor<boolean>): Accessor<CreditTerms | undefined> {
  const [result] = createStoreQuery({ query: CreditTermsDocument, pause: () => !isWanted() });
  return () => result.data?.creditTerms;
}
