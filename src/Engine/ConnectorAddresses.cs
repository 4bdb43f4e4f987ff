using System.Net;

namespace Engine;

/// <summary>Deals the edge's addresses to connections: each to the entry with the fewest, and another one after a failure.</summary>
/// <remarks>Thread-safe. Entries that are equal are separate entries, so that one address can be given twice to carry twice as much.</remarks>
internal sealed class ConnectorAddresses(IReadOnlyList<EndPoint> addresses)
{
    private readonly Lock _gate = new();
    private readonly int[] _uses = new int[addresses.Count];

    /// <summary>An entry for a connection. After a failure at <paramref name="avoid"/> its equals are left out, if others there are.</summary>
    /// <param name="start">Where to begin among equally used entries; a connection's index spreads them.</param>
    /// <param name="avoid">The entry that failed, or null.</param>
    public int Take(int start, int? avoid = null)
    {
        lock (_gate)
        {
            var best = -1;
            for (var i = 0; i < _uses.Length; i++)
            {
                // After a failure the search begins behind the entry that failed, so that every entry has its turn.
                var candidate = (avoid is { } failed ? failed + 1 + i : start + i) % _uses.Length;
                if (avoid is { } bad && addresses[candidate].Equals(addresses[bad]))
                {
                    continue;
                }

                if (best < 0 || (avoid is null && _uses[candidate] < _uses[best]))
                {
                    best = candidate;
                }
            }

            best = best < 0 ? avoid ?? 0 : best;
            _uses[best]++;
            return best;
        }
    }

    public void Release(int entry)
    {
        lock (_gate)
        {
            _uses[entry]--;
        }
    }

    public EndPoint this[int entry] => addresses[entry];
}
