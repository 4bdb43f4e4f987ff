using System.Net;
using Engine.Edge;
using Engine.Hosting.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting;

/// <summary>Runs an edge: starts it, waits for the signal to stop, lets running requests end.</summary>
/// <remarks>Started and run once; owns the edge.</remarks>
public sealed class EdgeHost : IAsyncDisposable
{
    private readonly EdgeServer _edge;
    private readonly EdgeSettings _settings;
    private readonly TimeProvider _time;

    /// <summary>Prepares an edge; nothing is opened before <see cref="StartAsync"/>.</summary>
    public EdgeHost(EdgeSettings settings, ILoggerFactory loggerFactory, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _time = timeProvider ?? TimeProvider.System;
        _edge = new EdgeServer(settings.Options, loggerFactory, _time);
    }

    /// <summary>The addresses that visitors can use.</summary>
    public IReadOnlyList<EndPoint> PublicEndPoints => _edge.PublicEndPoints;

    /// <summary>The address that connectors can dial, or null.</summary>
    public EndPoint? TunnelEndPoint => _edge.TunnelEndPoint;

    /// <summary>The file to give to connectors as <c>--cacert</c>, or null when nothing is kept.</summary>
    public string? CaCertificatePath => _edge.CaCertificatePath;

    /// <summary>Opens every listener.</summary>
    /// <exception cref="HostStartException">One of them is not to be had, or the options contradict themselves.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _edge.StartAsync(cancellationToken);
        }
        catch (AddressInUseException exception)
        {
            throw new HostStartException([$"{exception.Message} Free the port, or change 'listen' or 'tunnelListen' in the file."], exception);
        }
        catch (Exception exception) when (exception is EdgeConfigurationException or IOException or UnauthorizedAccessException)
        {
            throw new HostStartException([exception.Message], exception);
        }
    }

    /// <summary>Runs until <paramref name="stop"/>, then drains within the grace period.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await stop.WhenCancelledAsync();
        using var cut = new CancellationTokenSource(_settings.GracePeriod, _time);
        await _edge.StopAsync(cut.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _edge.DisposeAsync();
}
