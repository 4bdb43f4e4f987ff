using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Engine.Tunnels.Registration;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tunnels;

/// <summary>The control stream of a connection as the edge drives it.</summary>
/// <remarks>One for a connection. Calls of the connector come one at a time.</remarks>
internal sealed class EdgeControlStream : IRegistrationHandler
{
    // What is kept of a local configuration for display: some 10,000 rules.
    private const int MaxLocalConfiguration = 1 << 20;

    private readonly EdgeTunnelConnection _connection;
    private readonly ITunnelAuthenticator _authenticator;
    private readonly EdgeTunnelOptions _options;
    private readonly TaskCompletionSource _decided = new();
    private readonly TaskCompletionSource _ended = new();
    private RegistrationServer? _server;

    public EdgeControlStream(EdgeTunnelConnection connection, ITunnelAuthenticator authenticator, EdgeTunnelOptions options)
    {
        _connection = connection;
        _authenticator = authenticator;
        _options = options;
    }

    public TunnelRegistrationRequest? Registration { get; private set; }

    /// <summary>The details of an accepted connection; null when it was refused.</summary>
    public ConnectionDetails? Details { get; private set; }

    public ReadOnlyMemory<byte> LocalConfiguration { get; private set; }

    public bool IsUnregistered { get; private set; }

    /// <summary>Completes when the connector unregistered, or when a registered connector's control stream ended otherwise.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Opens the stream and serves it until the registration is decided; it is served further beside the caller.</summary>
    /// <exception cref="IOException">The peer is no connector, or is gone.</exception>
    public async Task RegisterAsync(Http2Connection http2)
    {
        var stream = await OpenAsync(http2);
        var head = await stream.ReadHeadAsync();
        if (head.GetString(":status"u8) is var status && status != "200")
        {
            await stream.DisposeAsync();
            throw new IOException($"it answered the control stream with status {status}, and so is no connector");
        }

        _server = new RegistrationServer(stream.Transport, this);
        var serving = ServeAsync(stream, _server);
        await Task.WhenAny(_decided.Task, serving);
        if (!_decided.Task.IsCompleted)
        {
            await serving;
            throw new IOException("it ended the control stream without registering");
        }
    }

    /// <summary>Ends the edge's side of the stream.</summary>
    public async ValueTask CompleteAsync()
    {
        try
        {
            if (_server is not null)
            {
                await _server.CompleteAsync();
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It has ended with the connection.
        }
    }

    async ValueTask<RegisterConnectionResults> IRegistrationHandler.RegisterAsync(RegisterConnectionParameters parameters)
    {
        var request = MakeRequest(parameters);
        try
        {
            var verdict = await _authenticator.AuthenticateAsync(request, default);
            Registration = request;
            Details = verdict.Details;
            if (verdict.Details is not null)
            {
                return new RegisterConnectionResults { Details = verdict.Details };
            }

            TunnelLog.Refused(_connection.Log, _connection.RemoteEndPoint, request.TunnelId, request.ConnectorId, request.ConnectionIndex, verdict.Cause);
            return new RegisterConnectionResults { Cause = verdict.Cause, ShouldRetry = verdict.ShouldRetry, RetryAfter = verdict.RetryAfter };
        }
        catch (Exception error)
        {
            // The fault is ours: the connector should try again.
            TunnelLog.AuthenticatorFailed(_connection.Log, error, _connection.RemoteEndPoint);
            return new RegisterConnectionResults { Cause = "the edge could not judge the registration", ShouldRetry = true };
        }
        finally
        {
            request.ForgetSecret();
        }
    }

    void IRegistrationHandler.Registered(RegisterConnectionResults results) => _decided.TrySetResult();

    void IRegistrationHandler.UpdateLocalConfiguration(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxLocalConfiguration)
        {
            TunnelLog.ConfigurationNotKept(_connection.Log, Registration!.ConnectorId, json.Length);
            return;
        }

        LocalConfiguration = json;
    }

    void IRegistrationHandler.Unregistered()
    {
        IsUnregistered = true;
        _ended.TrySetResult();
    }

    private async ValueTask<Http2Stream> OpenAsync(Http2Connection http2)
    {
        try
        {
            return await http2.OpenStreamAsync(MakeHead(), endStream: false);
        }
        catch (Http2StreamRefusedException error)
        {
            // It was over before it began.
            throw new ConnectionResetException(error.Message, error);
        }
    }

    private async Task ServeAsync(Http2Stream stream, RegistrationServer server)
    {
        await using (stream)
        {
            try
            {
                await server.RunAsync();
            }
            catch (Exception error) when (_decided.Task.IsCompleted)
            {
                if (!IsUnregistered && !_connection.IsDraining)
                {
                    TunnelLog.ControlStreamBroke(_connection.Log, error, Registration!.ConnectionIndex, Registration.ConnectorId);
                }
            }
            finally
            {
                // Before the farewell, which a connector that no longer reads can hold up or break.
                _ended.TrySetResult();
            }

            await server.CompleteAsync();
        }
    }

    private TunnelRegistrationRequest MakeRequest(RegisterConnectionParameters parameters) => new()
    {
        AccountTag = parameters.AccountTag,
        Secret = parameters.Secret,
        TunnelId = parameters.TunnelId,
        ConnectorId = parameters.ConnectorId,
        ConnectionIndex = parameters.ConnectionIndex,
        Version = parameters.Version,
        Architecture = parameters.Architecture,
        Features = parameters.Features,
        OriginLocalAddress = parameters.OriginLocalAddress,
        RemoteEndPoint = _connection.RemoteEndPoint,
        ReplaceExisting = parameters.ReplaceExisting,
        PreviousAttempts = parameters.PreviousAttempts,
    };

    private FieldList MakeHead()
    {
        var head = new FieldList();
        head.Add(":method"u8, "GET");
        head.Add(":scheme"u8, "https");
        head.Add(":authority"u8, _options.Authority);
        head.Add(":path"u8, "/");
        head.Add(TunnelFields.Upgrade, TunnelFields.ControlStream);
        FeatureList.Add(head, _options.Features);
        return head;
    }
}
