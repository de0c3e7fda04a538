/** The operations that GraphiQL opens with, a tab for each. They run as they are for the signed-in user of the page. */
const viewer = `query Viewer {
  viewer {
    name
    credits
    storage {
      usedBytes
      limitBytes
    }
  }
}
`;

const models = `query Models {
  models {
    name
    label
    scenes
    costCredits(scene: TEXT_TO_IMAGE)
    provider {
      label
      sandbox
    }
  }
}
`;

const generateImage = `# Costs 2 credits. An emulated provider draws for the seconds after "slow"; follow it in the next tab.
mutation GenerateImage($input: GenerateImageInput!) {
  generateImage(input: $input) {
    task {
      id
      status
    }
    viewer {
      credits
    }
  }
}
`;

const input = {
  model: 'google/nano-banana',
  scene: 'TEXT_TO_IMAGE',
  prompt: 'A lighthouse at dusk sandbox:slow=15',
};

const taskUpdated = `# Every change of every task of yours, until you stop it.
subscription TaskUpdated {
  taskUpdated {
    id
    status
    progress {
      percent
      etaSeconds
    }
    images {
      url
    }
    failure {
      code
      message
    }
  }
}
`;

const tasks = `query Tasks {
  viewer {
    tasks(first: 5) {
      totalCount
      nodes {
        id
        prompt
        status
        images {
          thumbnailUrl
          downloadUrl
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`;

export const examples: { query: string; variables?: string }[] = [
  { query: viewer },
  { query: models },
  { query: generateImage, variables: JSON.stringify({ input }, null, 2) },
  { query: taskUpdated },
  { query: tasks },
];
