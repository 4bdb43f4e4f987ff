using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Registry;

/// <summary>A stream of a real connector; says of a failure what it means for the request.</summary>
internal sealed class TunnelStream : ITunnelStream
{
    private readonly EdgeStream _stream;

    public TunnelStream(EdgeStream stream) => _stream = stream;

    /// <inheritdoc/>
    public IDuplexPipe Transport => _stream.Transport;

    /// <inheritdoc/>
    public FieldList? Trailers => _stream.Trailers;

    /// <inheritdoc/>
    public bool IsResponseEmpty => _stream.IsResponseEmpty;

    /// <inheritdoc/>
    public async ValueTask<TunnelResponse> ReadResponseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var response = await _stream.ReadResponseAsync(cancellationToken);
            return new TunnelResponse(
                response.Status,
                response.Fields,
                response.Source == ResponseSource.Connector,
                response.ErrorCode,
                response.IsUpgrade,
                response.IsFlowRateLimited);
        }
        catch (Http2StreamResetException error) when (error.IsSafeToRetry)
        {
            throw new StreamNotProcessedException(error);
        }
        catch (Exception error) when (error is ConnectionResetException or ConnectionAbortedException && _stream.Tunnel.IsDraining)
        {
            throw new TunnelConnectionLostException(error);
        }
        catch (IOException error) when (error is not ConnectionResetException && !_stream.Tunnel.IsDraining)
        {
            throw new InvalidDataException("The connector's answer breaks the tunnel's protocol.", error);
        }
    }

    /// <inheritdoc/>
    public void WriteTrailers(FieldList trailers) => _stream.WriteTrailers(trailers);

    /// <inheritdoc/>
    public void Reset() => _stream.Reset();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
