"""Files of recordings: pcapng written, pcapng and pcap read."""
