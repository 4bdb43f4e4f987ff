using System.Buffers;
using Engine.Http2.FlowControl;
using Engine.Http2.Frames;
using Engine.Http2.Hpack;
using Engine.Http2.Sending;

namespace Engine.Http2.Connections;

/// <summary>Both sides' SETTINGS (RFC 9113 §6.5): what we announce, what the peer did, and whether it has acknowledged ours.</summary>
/// <remarks>Guarded by the connection's gate; settings arrive on the receive loop alone.</remarks>
internal sealed class SettingsExchange
{
    private readonly Http2Connection _connection;
    private readonly Http2ConnectionOptions _options;
    private readonly FrameSender _sender;
    private readonly HpackDecoder _decoder;
    private readonly InitialWindow _window;
    private readonly TaskCompletionSource _received = new();

    public SettingsExchange(Http2Connection connection, Http2ConnectionOptions options, FrameSender sender, HpackDecoder decoder)
    {
        _connection = connection;
        _options = options;
        _sender = sender;
        _decoder = decoder;
        _window = new InitialWindow(options);
    }

    /// <summary>What the peer announced last.</summary>
    public Http2PeerSettings Peer { get; private set; } = Http2PeerSettings.Default;

    /// <summary>Whether the peer's first SETTINGS have arrived.</summary>
    public bool IsReceived { get; private set; }

    /// <summary>Whether the peer has acknowledged ours, the first.</summary>
    public bool IsAcknowledged { get; private set; }

    /// <summary>The receive window of a stream that begins now.</summary>
    public int InitialWindow => _window.Size;

    /// <summary>Completes with the peer's first SETTINGS.</summary>
    public Task Received => _received.Task;

    /// <summary>Writes our SETTINGS and the connection's window.</summary>
    public void Announce()
    {
        Span<Setting> settings = stackalloc Setting[8];
        var count = 0;
        if (_connection.Role == Http2Role.Client)
        {
            settings[count++] = new Setting(SettingId.EnablePush, 0);
        }
        else
        {
            settings[count++] = new Setting(SettingId.MaxConcurrentStreams, _options.MaxConcurrentStreams);
            if (_options.EnableConnectProtocol)
            {
                settings[count++] = new Setting(SettingId.EnableConnectProtocol, 1);
            }
        }

        settings[count++] = new Setting(SettingId.HeaderTableSize, (uint)_options.HeaderTableSize);
        settings[count++] = new Setting(SettingId.InitialWindowSize, (uint)_options.InitialStreamWindow);
        settings[count++] = new Setting(SettingId.MaxFrameSize, (uint)_options.MaxFrameSize);
        settings[count++] = new Setting(SettingId.MaxHeaderListSize, (uint)_options.MaxHeaderListSize);
        settings[count++] = new Setting(SettingId.NoRfc7540Priorities, 1);
        _sender.Settings(settings[..count]);
        _sender.WindowUpdate(0, _options.ConnectionWindow - 65_535);
    }

    /// <summary>Our SETTINGS were acknowledged. One acknowledgement too many means nothing.</summary>
    public void Acknowledge()
    {
        if (!IsAcknowledged)
        {
            IsAcknowledged = true;
            _decoder.AcknowledgeMaxTableSize();
        }
        else if (_window.Acknowledge() is var delta and not 0)
        {
            ShiftWindows(delta);
        }
    }

    /// <summary>Octets were buffered or consumed: new streams may get another window than before.</summary>
    public void JudgeInitialWindow()
    {
        if (IsAcknowledged && _window.TryChange(out var size, out var delta))
        {
            _sender.Settings([new Setting(SettingId.InitialWindowSize, (uint)size)]);
            ShiftWindows(delta);
        }
    }

    /// <summary>Applies the peer's SETTINGS in their order (§6.5.3) and acknowledges them.</summary>
    public void Receive(in ReadOnlySequence<byte> payload)
    {
        Span<byte> copy = stackalloc byte[Setting.Size];
        var rest = payload;
        while (!rest.IsEmpty)
        {
            rest.Slice(0, Setting.Size).CopyTo(copy);
            rest = rest.Slice(Setting.Size);
            ReadOnlySpan<byte> one = copy;
            FramePayload.TryReadSetting(ref one, out var setting);
            Apply(setting);
        }

        _sender.SettingsAck();
        if (!IsReceived)
        {
            IsReceived = true;
            _connection.Wakes.Add(static received => ((TaskCompletionSource)received).TrySetResult(), _received);
        }

        _connection.ServeOpenQueue();
    }

    /// <summary>The connection ended.</summary>
    public void Fail(Exception failure)
    {
        if (!IsReceived)
        {
            IsReceived = true;
            _connection.Wakes.Add(
                static state =>
                {
                    var (received, failure) = ((TaskCompletionSource, Exception))state;
                    received.TrySetException(failure);
                    _ = received.Task.Exception; // Nobody has to ask.
                },
                (_received, failure));
        }
    }

    private void Apply(Setting setting)
    {
        var error = setting.Validate();
        if (error != Http2ErrorCode.NoError)
        {
            throw new Http2ConnectionException(error, $"{setting.Id} can't be {setting.Value}");
        }

        switch (setting.Id)
        {
            case SettingId.HeaderTableSize:
                Peer = Peer with { HeaderTableSize = setting.Value };
                _sender.SetHeaderTableSize(setting.Value);
                break;
            case SettingId.EnablePush:
                ApplyEnablePush(setting.Value);
                break;
            case SettingId.MaxConcurrentStreams:
                Peer = Peer with { MaxConcurrentStreams = setting.Value };
                break;
            case SettingId.InitialWindowSize:
                ApplyInitialWindow((int)setting.Value);
                break;
            case SettingId.MaxFrameSize:
                Peer = Peer with { MaxFrameSize = (int)setting.Value };
                _sender.MaxFrameSize = (int)setting.Value;
                break;
            case SettingId.MaxHeaderListSize:
                Peer = Peer with { MaxHeaderListSize = setting.Value };
                break;
            case SettingId.EnableConnectProtocol:
                ApplyConnectProtocol(setting.Value);
                break;
        }
    }

    private void ShiftWindows(int delta)
    {
        if (delta != 0)
        {
            foreach (var stream in _connection.OpenStreams())
            {
                stream.ShiftReceiveWindow(delta);
            }
        }
    }

    private void ApplyEnablePush(uint value)
    {
        if (value != 0 && _connection.Role == Http2Role.Client)
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "a server can't set ENABLE_PUSH to 1"); // §6.5.2
        }

        Peer = Peer with { EnablePush = value != 0 };
    }

    private void ApplyConnectProtocol(uint value)
    {
        if (value == 0 && Peer.EnableConnectProtocol)
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "ENABLE_CONNECT_PROTOCOL can't be taken back"); // RFC 8441 §3
        }

        Peer = Peer with { EnableConnectProtocol = value != 0 };
    }

    /// <summary>Every open stream's window moves by the difference, below zero if need be (§6.9.2).</summary>
    private void ApplyInitialWindow(int size)
    {
        var delta = (long)size - Peer.InitialWindowSize;
        Peer = Peer with { InitialWindowSize = size };
        foreach (var stream in _connection.OpenStreams())
        {
            if (!stream.Output.TryShiftWindow(delta, isUpdate: false))
            {
                throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "INITIAL_WINDOW_SIZE makes a stream's window pass 2^31-1");
            }
        }
    }
}
