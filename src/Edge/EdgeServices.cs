using Engine.Edge.Front;
using Engine.Edge.Listening;
using Engine.Edge.Registry;
using Engine.Edge.Requests;
using Engine.Edge.Routes;
using Microsoft.Extensions.Logging;

namespace Engine.Edge;

/// <summary>What every connection of one edge shares.</summary>
/// <remarks>Owned by the server, who disposes it when the last connection is over; thread-safe.</remarks>
internal sealed class EdgeServices : IDisposable
{
    /// <summary>The routes.</summary>
    public required RouteTable Routes { get; init; }

    /// <summary>The registered connections.</summary>
    public required TunnelRegistry Registry { get; init; }

    /// <summary>Makes trace ids.</summary>
    public required TraceId TraceIds { get; init; }

    /// <summary>Time-outs and sizes.</summary>
    public required EdgeLimits Limits { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }

    /// <summary>The log, for lines that a flood could repeat.</summary>
    public required LogSampler Sampler { get; init; }

    /// <summary>What each visitor uses.</summary>
    public required VisitorBook Visitors { get; init; }

    /// <summary>Gives up visitors that stall.</summary>
    public required StallWatch Stalls { get; init; }

    /// <summary>Fires when what still runs is to be cut.</summary>
    public required CancellationToken Cut { get; init; }

    /// <summary>Completed by the first registration.</summary>
    public TaskCompletionSource FirstRegistration { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the edge is stopping: answers in progress are finished, no more is begun.</summary>
    public bool IsStopping => Volatile.Read(ref _isStopping);

    private bool _isStopping;

    /// <summary>Begins the stop.</summary>
    public void Stop() => Volatile.Write(ref _isStopping, true);

    /// <inheritdoc/>
    public void Dispose()
    {
        Stalls.Dispose();
        Sampler.Dispose();
    }
}
