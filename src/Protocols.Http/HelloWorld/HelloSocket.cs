using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Engine.Fields;
using Engine.Tunnels;
using Engine.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.HelloWorld;

/// <summary>A WebSocket that sends back what it gets (RFC 6455), frame by frame, whatever their size.</summary>
/// <remarks>Each frame is passed back as it comes and never gathered, so that memory stays bounded.</remarks>
internal sealed class HelloSocket(IDuplexPipe transport)
{
    private const int Ping = 9;
    private const int Pong = 10;
    private const int Close = 8;

    private readonly byte[] _mask = new byte[4];
    private int _opcode;
    private long _left;
    private int _maskAt;

    // A close frame with status 1002 (RFC 6455 §7.4.1).
    private static ReadOnlySpan<byte> ProtocolError => [0x88, 2, 0x03, 0xEA];

    public static async Task EchoAsync(ConnectionContext stream, ITunnelStreamFeature tunnel)
    {
        tunnel.WriteResponse(101, Accept(tunnel));
        try
        {
            await stream.Transport.Output.FlushAsync();
            await new HelloSocket(stream.Transport).RunAsync();
            await stream.Transport.Output.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The visitor left.
        }
    }

    private static FieldList Accept(ITunnelStreamFeature tunnel)
    {
        var fields = new FieldList();
        fields.Add("Upgrade"u8, "websocket"u8);
        fields.Add("Connection"u8, "Upgrade"u8);
        if (tunnel.RequestFields.TryGet("sec-websocket-key"u8, out var key) && WebSocketHandshake.IsValidKey(key))
        {
            Span<byte> accept = stackalloc byte[WebSocketHandshake.AcceptLength];
            fields.Add("Sec-WebSocket-Accept"u8, accept[..WebSocketHandshake.WriteAccept(key, accept)]);
        }

        return fields;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var result = await transport.Input.ReadAsync();
            var buffer = result.Buffer;
            var goesOn = Echo(ref buffer);
            transport.Input.AdvanceTo(buffer.Start, buffer.End);
            await transport.Output.FlushAsync();
            if (!goesOn || result.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Sends back what the buffer holds; false after a close frame or a fault.</summary>
    private bool Echo(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            if (_left > 0)
            {
                if (buffer.IsEmpty)
                {
                    return true;
                }

                EchoPayload(ref buffer);
            }
            else if (_opcode == Close)
            {
                return false;
            }
            else if (TryReadHeader(ref buffer) is not { } isRead)
            {
                transport.Output.Write(ProtocolError);
                return false;
            }
            else if (!isRead)
            {
                return true;
            }
        }
    }

    private void EchoPayload(ref ReadOnlySequence<byte> buffer)
    {
        var payload = buffer.Slice(0, Math.Min(_left, buffer.Length));
        foreach (var memory in payload)
        {
            var span = transport.Output.GetSpan(memory.Length);
            for (var i = 0; i < memory.Length; i++)
            {
                span[i] = (byte)(memory.Span[i] ^ _mask[_maskAt++ & 3]);
            }

            if (_opcode != Pong)
            {
                transport.Output.Advance(memory.Length);
            }
        }

        _left -= payload.Length;
        buffer = buffer.Slice(payload.End);
    }

    /// <summary>Takes a frame's header and writes its answer's: true if it was whole, null if it breaks the protocol.</summary>
    private bool? TryReadHeader(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> header = stackalloc byte[14];
        var available = (int)Math.Min(buffer.Length, header.Length);
        buffer.Slice(0, available).CopyTo(header);
        var opcode = header[0] & 15;
        var isControl = opcode >= Close;
        if ((available > 0 && ((header[0] & 0x70) != 0 || opcode is (> 2 and < Close) or > Pong || (isControl && header[0] < 0x80)))
            || (available > 1 && (header[1] < 0x80 || (isControl && header[1] > 0x80 + 125))))
        {
            return null;
        }

        var lengthSize = (header[1] & 127) switch { 126 => 2, 127 => 8, _ => 0 };
        if (available < 2 || available < 2 + lengthSize + 4)
        {
            return false;
        }

        _left = lengthSize switch
        {
            0 => header[1] & 127,
            2 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            _ => BinaryPrimitives.ReadInt64BigEndian(header[2..]),
        };
        if (_left < 0)
        {
            return null;
        }

        header.Slice(2 + lengthSize, 4).CopyTo(_mask);
        _maskAt = 0;
        _opcode = opcode;
        buffer = buffer.Slice(2 + lengthSize + 4);
        if (opcode != Pong)
        {
            header[0] = opcode == Ping ? (byte)(0x80 | Pong) : header[0];
            header[1] &= 127;
            transport.Output.Write(header[..(2 + lengthSize)]);
        }

        return true;
    }
}
