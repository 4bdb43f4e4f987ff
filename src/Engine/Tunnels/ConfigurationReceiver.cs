using System.Buffers;
using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;

namespace Engine.Tunnels;

/// <summary>Takes the configurations that an edge pushes, one after the other, and answers them.</summary>
internal sealed class ConfigurationReceiver(TunnelConnection connection, TunnelConnectionOptions options)
{
    // How long the edge may take to send a push, and the connector to apply it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _lastApplied = -1;

    /// <summary>Serves a push beside the caller.</summary>
    public void Serve(Http2Stream stream) => _ = ServeAsync(stream);

    private async Task ServeAsync(Http2Stream stream)
    {
        await using (stream)
        {
            try
            {
                using var limit = new CancellationTokenSource(Limit, options.TimeProvider);
                var body = await BoundedBody.ReadAsync(stream.Transport.Input, options.MaxConfigurationSize, limit.Token);
                if (body is null || !ConfigurationPush.TryParse(body, out var configuration))
                {
                    TunnelLog.ConfigurationRefused(
                        connection.Log, body is null ? $"it is larger than {options.MaxConfigurationSize} octets" : "it is no JSON object with version and config", null);
                    WriteRefusal(stream);
                    return;
                }

                var result = await ApplyAsync(configuration, limit.Token);
                TunnelLog.ConfigurationPushed(connection.Log, configuration.Version, result.LastAppliedVersion);
                await AnswerAsync(stream, result, limit.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // The stream is reset by its disposal, or was by the edge.
                TunnelLog.ConfigurationRefused(connection.Log, "the stream broke or took too long", error);
            }
        }
    }

    private async ValueTask<ConfigurationResult> ApplyAsync(RemoteConfiguration configuration, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (options.OnConfiguration is not { } apply)
            {
                return new ConfigurationResult(_lastApplied, "this connector takes no configuration");
            }

            if (configuration.Version <= _lastApplied)
            {
                return new ConfigurationResult(_lastApplied, null);
            }

            var result = await apply(configuration, cancellationToken);
            _lastApplied = result.LastAppliedVersion;
            return result;
        }
        catch (Exception error) when (error is not (IOException or OperationCanceledException))
        {
            TunnelLog.ConfigurationRefused(connection.Log, "applying it failed", error);
            return new ConfigurationResult(_lastApplied, error.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void WriteRefusal(Http2Stream stream)
    {
        var head = new FieldList();
        ResponseHead.WriteFailure(head, 502, null);
        stream.WriteHead(head, endStream: true);
    }

    private async ValueTask AnswerAsync(Http2Stream stream, ConfigurationResult result, CancellationToken cancellationToken)
    {
        var head = new FieldList();
        head.Add(":status"u8, "200");
        head.Add("content-type"u8, "application/json");
        stream.WriteHead(head);
        // A stranger's reader knows only an object where the text would be.
        ConfigurationPush.WriteAnswer(stream.Transport.Output, result, withText: connection.EdgeHas(TunnelFeatures.ErrorCodes));
        await stream.Transport.Output.FlushAsync(cancellationToken);
        await stream.Transport.Output.CompleteAsync();
    }
}
