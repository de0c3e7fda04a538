/** What a new account gets and where more credits are to be had, as the operator has set it. */
import type { Accessor } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { CreditTermsQuery } from '../api/generated/graphql.ts';
import { createStoreQuery } from '../api/store-query.ts';

const CreditTermsDocument = graphql(`
  query CreditTerms {
    creditTerms {
      signupCredits
      creditsUrl
    }
  }
`);

export type CreditTerms = CreditTermsQuery['creditTerms'];

/** Undefined while they are not known. Asked for once they are wanted. Needs the `Provider` of `@urql/solid`. */
export function createCreditTerms(isWanted: Accessor<boolean>): Accessor<CreditTerms | undefined> {
  const [result] = createStoreQuery({ query: CreditTermsDocument, pause: () => !isWanted() });
  return () => result.data?.creditTerms;
}
