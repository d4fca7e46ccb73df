import { Autocomplete } from '@base-ui/react/autocomplete';
import { useRef, useState, type RefObject } from 'react';
import { Highlighted } from '@/components/highlighted';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { isEnter } from '@/lib/keys';
import { descriptionStyle } from './description-field';
import { inlineToken, withoutToken } from '../inline';
import { useSuggestions, type Suggestion } from '../hooks/use-suggestions';
import { t } from '@/messages/first';

export interface DescriptionInputProps {
  ref: RefObject<HTMLInputElement | null>;
  value: string;
  onChange: (description: string) => void;
  onFocus: () => void;
  /** The field was left. */
  onBlur: () => void;
  onEnter: () => void;
  /** Escape was pressed, and no list was open that it closes. */
  onEscape: () => void;
  /** What was picked of the suggestions, and the text without the token that it was picked for. */
  onSuggestion: (suggestion: Suggestion, text: string) => void;
  /** Whether earlier entries are suggested. */
  canRepeat: boolean;
  placeholder: string;
}

const TOKEN_TITLES = {
  '@': () => t.entry.pickCategory,
  '#': () => t.entry.tags,
  $: () => t.entry.billable,
};

function SuggestionLabel({ suggestion, typed }: { suggestion: Suggestion; typed: string }) {
  switch (suggestion.kind) {
    case 'entry':
      return (
        <>
          <bdi className="truncate">{suggestion.description}</bdi>
          <CategoryLabel place={suggestion.place} className="max-w-1/2 shrink-0 text-[0.8125rem]" />
        </>
      );
    case 'category':
      return (
        <CategoryLabel place={suggestion.place} show={(name) => <Highlighted text={name} typed={typed} />} />
      );
    case 'tag':
      return (
        <bdi className="truncate">
          <Highlighted text={suggestion.tag.name} typed={typed} />
        </bdi>
      );
    case 'billable':
      return t.entry.billable;
  }
}

/** What am I doing, with earlier entries to choose from. */
export function SuggestingInput({
  ref,
  value,
  onChange,
  onFocus,
  onBlur,
  onEnter,
  onEscape,
  onSuggestion,
  canRepeat,
  placeholder,
}: DescriptionInputProps) {
  const suggestions = useSuggestions(value);
  const token = inlineToken(value);
  // While a timer runs only what a token stands for is offered: earlier entries would be others.
  const offers = (canRepeat || token !== null) && suggestions.length > 0;
  const [open, setOpen] = useState(false);
  const highlighted = useRef(false);

  return (
    <Autocomplete.Root<Suggestion>
      items={suggestions}
      filter={null}
      value={value}
      onValueChange={(next, details) => {
        // Only what is typed: the library also clears its field on Escape.
        if (details.reason === 'input-change') onChange(next);
      }}
      // The words of a token are there to find something: the first that fits is meant.
      autoHighlight={token !== null}
      itemToStringValue={(suggestion) => (suggestion.kind === 'entry' ? suggestion.description : value)}
      open={open && offers}
      onOpenChange={(next) => setOpen(next && offers)}
      onItemHighlighted={(suggestion) => {
        highlighted.current = suggestion !== undefined;
      }}
      openOnInputClick
    >
      <Autocomplete.Input
        ref={ref}
        aria-label={t.timer.what}
        placeholder={placeholder}
        maxLength={5_000}
        enterKeyHint="go"
        onFocus={onFocus}
        onBlur={() => {
          // What was typed for one timer must not open the list for the next.
          setOpen(false);
          onBlur();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !(open && offers)) onEscape();
          // Enter is the list's only while it is open: what was marked in it before is picked or gone.
          if (!isEnter(event) || (open && offers && highlighted.current)) return;
          // The key must not reach what has the focus afterwards.
          event.preventDefault();
          setOpen(false);
          onEnter();
        }}
        className={descriptionStyle}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={8} align="start" collisionPadding={8} className="z-50">
          <Autocomplete.Popup className="w-[min(34rem,calc(100vw-1rem))] popup-motion overflow-hidden rounded-xl border bg-surface shadow-pop">
            <p className="px-4 pt-2.5 text-xs font-medium text-muted-foreground">
              {token ? TOKEN_TITLES[token.kind]() : t.timer.continueWith}
            </p>
            <Autocomplete.List className="p-1.5">
              {(suggestion: Suggestion) => (
                <Autocomplete.Item
                  key={suggestion.key}
                  value={suggestion}
                  onClick={() => {
                    highlighted.current = false;
                    onSuggestion(suggestion, token ? withoutToken(value, token) : value);
                  }}
                  className="flex min-h-9 items-center justify-between gap-4 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-accent"
                >
                  <SuggestionLabel suggestion={suggestion} typed={token?.query ?? ''} />
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
