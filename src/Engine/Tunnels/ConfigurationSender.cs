using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tunnels;

/// <summary>Pushes a configuration to a connector, on a stream of its own.</summary>
internal sealed class ConfigurationSender(Http2Connection http2, EdgeTunnelOptions options)
{
    // The answer is some forty octets, and the text of an error.
    private const int MaxAnswer = 64 << 10;

    /// <exception cref="IOException">The connector takes none, answered what is no answer, or is gone.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async ValueTask<ConfigurationResult> SendAsync(int version, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConfigurationTimeout, options.TimeProvider);
        using var forward = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        try
        {
            return await ExchangeAsync(version, json, limit.Token);
        }
        catch (ConnectionAbortedException error)
        {
            throw new IOException("The tunnel connection was closed.", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The connector did not answer the configuration within {options.ConfigurationTimeout.TotalSeconds:0} s.", error);
        }
    }

    private async ValueTask<ConfigurationResult> ExchangeAsync(int version, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await using var stream = await http2.OpenStreamAsync(MakeHead(), endStream: false, cancellationToken);
        ConfigurationPush.Write(stream.Transport.Output, version, json.Span);
        await stream.Transport.Output.FlushAsync(cancellationToken);
        await stream.Transport.Output.CompleteAsync();

        FieldList head;
        do
        {
            head = await stream.ReadHeadAsync(cancellationToken);
        }
        while (head.GetString(":status"u8)?.StartsWith('1') == true);

        if (head.GetString(":status"u8) != "200")
        {
            throw new IOException($"The connector refused the configuration with status {head.GetString(":status"u8)}.");
        }

        var body = await BoundedBody.ReadAsync(stream.Transport.Input, MaxAnswer, cancellationToken);
        return body is not null && ConfigurationPush.TryParseAnswer(body, out var result)
            ? result
            : throw new IOException("The connector answered the configuration with something that is no answer.");
    }

    private FieldList MakeHead()
    {
        var head = new FieldList();
        head.Add(":method"u8, "PUT");
        head.Add(":scheme"u8, "https");
        head.Add(":authority"u8, options.Authority);
        head.Add(":path"u8, "/");
        head.Add(TunnelFields.Upgrade, TunnelFields.UpdateConfiguration);
        head.Add("content-type"u8, "application/json");
        return head;
    }
}
