using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Engine.Fields;
using Engine.Http1;

namespace Engine.Hosting.Status;

/// <summary>Serves one connection of the status server: small answers, no request bodies.</summary>
internal sealed class StatusResponder(Func<ReadyStatus> status)
{
    /// <summary>For a request to arrive, and for its answer to leave.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly Http1Limits Limits = new() { MaxHeadSize = 16 * 1024 };

    public async Task RunAsync(IDuplexPipe pipe, TimeProvider time, CancellationToken stop)
    {
        var reader = new Http1Reader(pipe.Input, Limits);
        var head = new Http1RequestHead();
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var link = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        var isOpen = true;
        while (isOpen)
        {
            deadline.CancelAfter(Timeout);
            try
            {
                if (!await reader.ReadRequestHeadAsync(head, deadline.Token))
                {
                    return;
                }

                var framing = Http1Reader.RequestFraming(head);
                isOpen = head.IsPersistent && framing.Kind == Http1BodyKind.None && !stop.IsCancellationRequested;
                Answer(pipe.Output, head, isOpen);
            }
            catch (Http1Exception exception)
            {
                isOpen = false;
                Write(pipe.Output, exception.SuggestedStatus, exception.Message + "\n", isHead: false, isOpen);
            }

            await pipe.Output.FlushAsync(deadline.Token);
        }

        await pipe.Output.CompleteAsync();
    }

    private void Answer(PipeWriter output, Http1RequestHead head, bool isOpen)
    {
        var isHead = head.Method.SequenceEqual("HEAD"u8);
        if (!isHead && !head.Method.SequenceEqual("GET"u8))
        {
            Write(output, 405, "Only GET and HEAD are answered here.\n", isHead, isOpen);
            return;
        }

        var path = head.PathAndQuery;
        var query = path.IndexOf((byte)'?');
        path = query < 0 ? path : path[..query];
        if (path.SequenceEqual("/healthcheck"u8))
        {
            Write(output, 200, "OK\n", isHead, isOpen);
        }
        else if (path.SequenceEqual("/ready"u8))
        {
            var (ready, connector) = status();
            var code = ready > 0 ? 200 : 503;
            var body = string.Create(CultureInfo.InvariantCulture, $"{{\"status\":{code},\"readyConnections\":{ready},\"connectorId\":\"{connector}\"}}");
            Write(output, code, body, isHead, isOpen);
        }
        else
        {
            Write(output, 404, "There are /ready and /healthcheck.\n", isHead, isOpen);
        }
    }

    private static void Write(PipeWriter output, int code, string body, bool isHead, bool isOpen)
    {
        var octets = Encoding.UTF8.GetBytes(body);
        var fields = new FieldList();
        fields.Add("Content-Type"u8, "text/plain; charset=utf-8");
        fields.Add("Content-Length"u8, octets.Length.ToString(CultureInfo.InvariantCulture));
        fields.Add("Cache-Control"u8, "no-store");
        if (!isOpen)
        {
            fields.Add("Connection"u8, "close");
        }

        Http1Writer.WriteResponseHead(output, code, [], fields);
        if (!isHead)
        {
            octets.CopyTo(output.GetSpan(octets.Length));
            output.Advance(octets.Length);
        }
    }
}
