import { useMutation, type UseMutationOptions } from '@tanstack/react-query';
import { useRef } from 'react';

type Options<Answer, Input> = Omit<UseMutationOptions<Answer, Error, Input>, 'onSettled'>;

/** A mutation that is sent once, however often it is called before its answer: a double click is one request. */
export function useAction<Answer, Input = void>(options: Options<Answer, Input>) {
  const busy = useRef(false);
  const mutation = useMutation({
    ...options,
    onSettled: () => {
      busy.current = false;
    },
  });
  const run = (input: Input) => {
    if (busy.current) return;
    busy.current = true;
    mutation.mutate(input);
  };
  return {
    run,
    pending: mutation.isPending,
    done: mutation.isSuccess,
    answer: mutation.data,
    error: mutation.error,
    reset: mutation.reset,
  };
}
